// `port20/binder`: outgoing sockets that share their local port.
export type { Endpoint } from '../address.ts';
export { type BinderSettings, createBinder, STRATEGIES as binders } from '../binder/binders.ts';
export type { Strategy } from '../binder/strategy.ts';
export type { Binder, BinderName, BoundSocket, RetryPreset, RetrySetting } from '../binder/types.ts';
