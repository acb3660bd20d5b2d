// The servers of a run's blocks, one after another: the built-in one's processes are kept, a peer lives for one block.
import { HERE, type Inside, type ServerSpec } from '../run/engine.ts';
import {
  endHost,
  type OpenServer,
  openBuiltInServer,
  openForeignServer,
  readyHost,
  type ServerHost,
} from './servers.ts';

export interface BlockServers {
  /** @throws InvalidRunError when it cannot be started */
  open(spec: ServerSpec): Promise<OpenServer>;
  /** Ends the block's server in order. */
  shut(): ReturnType<OpenServer['shut']>;
  /** Ends everything, in whatever state it is. */
  close(): Promise<void>;
}

/** @param inside where the built-in one's processes are started */
export function createBlockServers(inside: Inside = HERE): BlockServers {
  let host: ServerHost | undefined;
  let open: OpenServer | undefined;
  return {
    async open(spec) {
      if (spec.kind === 'binder') host = await readyHost(host, spec.workers, inside);
      open =
        spec.kind === 'binder'
          ? await openBuiltInServer(host as ServerHost, spec)
          : await openForeignServer(spec);
      return open;
    },
    async shut() {
      const records = (await open?.shut()) ?? null;
      open = undefined;
      return records;
    },
    async close() {
      const [endedHost, endedServer] = [host, open];
      host = undefined;
      open = undefined;
      // The built-in server ends with its host, which may be dead; a peer is ended here or not at all.
      await (endedHost === undefined ? endedServer?.shut() : endHost(endedHost));
    },
  };
}
