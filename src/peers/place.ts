// Where one daemon lives: a temporary folder of its own, with its configuration in it.
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoint } from '../address.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import type { PeerOptions } from './types.ts';

export interface Place {
  readonly server: Endpoint;
  readonly root: string;
  /** For configuration and run-time files. */
  readonly folder: string;
  remove(): Promise<void>;
  /** See `PeerOptions`. */
  readonly onFetch: PeerOptions['onFetch'];
}

/** Configurations with @NAMES@ in them. */
const FIXTURES = new URL('../../fixtures/peers/', import.meta.url);

/** @throws PreflightError when there is no room for it */
export async function createPlace({ server, root, onFetch }: PeerOptions): Promise<Place> {
  const { path: folder, remove } = await temporaryFolder('port20-peer-', "a peer's files");
  await chmod(folder, 0o755); // vsftpd sends its unprivileged half there
  return { server, root, folder, remove, onFetch };
}

/**
 * The file of fixtures/peers with ADDRESS, PORT, DATA_PORT (L-1), FOLDER and ROOT filled in, in the daemon's folder.
 * @returns its path
 */
export async function configured(
  name: string,
  place: Place,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { server, folder, root } = place;
  const values: Readonly<Record<string, string>> = {
    ADDRESS: server.address,
    PORT: String(server.port),
    DATA_PORT: String(server.port - 1),
    FOLDER: folder,
    ROOT: root,
    ...more,
  };
  const template = await readFile(new URL(name, FIXTURES), 'utf8');
  const path = join(folder, name);
  // vsftpd and ProFTPD refuse files that others may write, ProFTPD also accounts that others may read.
  await writeFile(path, filled(template, values), { mode: 0o600 });
  return path;
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/@([A-Z_]+)@/g, (whole, key: string) => values[key] ?? whole);
}
