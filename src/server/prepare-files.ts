// What settings name and others have, made ready to serve: who may log in, the certificate that is shown, names in DNS.
import { requireToldAddress } from './data/told-address.ts';
import type { FilledServerOptions } from './options.ts';
import { prepareTls, type TlsMaterial } from './tls/material.ts';
import { type PreparedUsers, prepareUsers } from './users/prepare-users.ts';
import { Verifier } from './users/verifier.ts';

export interface PreparedFiles {
  /** Undefined where there is no users file. */
  readonly users: PreparedUsers | undefined;
  /** Undefined where TLS is off. */
  readonly tls: TlsMaterial | undefined;
  /** What the operator is to hear before anybody is served, a line each. */
  readonly warnings: readonly string[];
}

/** @throws UsageError that names the file and what is wrong, PreflightError for a name without an address */
export async function prepareFiles(options: FilledServerOptions, verifier: Verifier): Promise<PreparedFiles> {
  await requireToldAddress(options.passiveAddress);
  const tls = await prepareTls(options);
  const { users, warnings } = await prepareUsers(options, verifier);
  return { users, tls, warnings: [...warnings, ...(tls?.warnings ?? [])] };
}

/** The same where there is no server whose verifier it could take. @throws as `prepareFiles` */
export async function prepareFilesAlone(options: FilledServerOptions): Promise<PreparedFiles> {
  const verifier = new Verifier();
  try {
    return await prepareFiles(options, verifier);
  } finally {
    await verifier.close();
  }
}
