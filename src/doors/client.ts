// `port20/client`: active mode for basic-ftp. A door for those who want nothing else: it loads neither server nor run.
export type { Endpoint } from '../address.ts';
export { ActiveModeError } from '../client/active-mode-error.ts';
export { activeMode } from '../client/basic-ftp/active-mode.ts';
export type { ActiveModeOptions, DataPort } from '../client/options.ts';
