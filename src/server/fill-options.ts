// From what a user says to what the code reads: defaults, and one clear line for a setting that cannot be.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { STRATEGIES } from '../binder/binders.ts';
import { BINDER_NAMES, type BinderName } from '../binder/types.ts';
import { UsageError } from '../errors.ts';
import type { FilledServerOptions, ServerOptions } from './options.ts';

/** @throws UsageError that names the setting, its value and the way out */
export function fillOptions(options: ServerOptions): FilledServerOptions {
  const binder = knownBinder(options.binder ?? 'reuse-port');
  const filled: FilledServerOptions = {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 2121,
    root: resolve(options.root ?? '.'),
    binder,
    retry: options.retry ?? STRATEGIES[binder].defaultRetry,
    timeUnitMs: options.timeUnitMs ?? 1000,
    dataPort: options.dataPort,
    bindToConnectMs: options.bindToConnectMs ?? 0,
    write: options.write ?? false,
    log: options.log ?? pino({ level: 'silent' }),
  };
  check(filled);
  return filled;
}

function check({ host, port, dataPort, bindToConnectMs }: FilledServerOptions): void {
  if (isIP(host) === 0)
    throw new UsageError(`host must be an IP address such as 127.0.0.1 or ::1, not '${host}'`);
  if (!isPort(port)) throw new UsageError(`port must be 0 to 65535, not '${port}'`);
  if (dataPort !== undefined && (!isPort(dataPort) || dataPort === 0)) {
    throw new UsageError(`data port must be 1 to 65535, not '${dataPort}'`);
  }
  if (!(bindToConnectMs >= 0 && Number.isFinite(bindToConnectMs))) {
    throw new UsageError(`bindToConnectMs must be 0 or more, not '${bindToConnectMs}'`);
  }
}

function knownBinder(name: BinderName): BinderName {
  if (BINDER_NAMES.includes(name)) return name;
  throw new UsageError(`unknown binder '${name}': use ${BINDER_NAMES.join(', ')}`);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65535;
}
