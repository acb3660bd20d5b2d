// Jest runs test files in a realm of their own, where an error of Node's sockets is no `instanceof Error`.
import { types } from 'node:util';

// basic-ftp tells errors from replies by `instanceof Error`: without this a reset connection is a reply to it, and
// the transfer never ends. Outside Jest there is one realm, and nothing to mend.
const ordinary = Function.prototype[Symbol.hasInstance];

Object.defineProperty(Error, Symbol.hasInstance, {
  configurable: true,
  value(this: unknown, candidate: unknown): boolean {
    return this === Error ? types.isNativeError(candidate) : ordinary.call(this as () => void, candidate);
  },
});
