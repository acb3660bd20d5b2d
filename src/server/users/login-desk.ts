// Where the sessions of a server log in: who is asked, how long a refusal takes, and what is served to whom.
import { resolve, sep } from 'node:path';
import type { Actor } from '../files/change-record.ts';
import { SessionFileSystem } from '../files/file-system.ts';
import type { FilledServerOptions } from '../options.ts';
import type { Ledger } from '../quota/ledger.ts';
import { type Authenticate, anonymousOnly, isAnonymous, type LoginRequest } from './login.ts';
import type { LoginLedger } from './login-ledger.ts';
import { ServedRoots } from './served-roots.ts';
import type { User } from './user.ts';
import { tableLogin, UserTable } from './user-table.ts';
import type { Users } from './users-file.ts';
import { Verifier } from './verifier.ts';

export class LoginDesk {
  readonly ledger: LoginLedger;
  readonly verifier = new Verifier();
  #options: FilledServerOptions;
  readonly #quotas: Ledger;
  readonly #roots: ServedRoots;
  #anonymous: Authenticate;
  #authenticate: Authenticate;
  #table: UserTable | undefined;
  #refusalMs: number;

  constructor(options: FilledServerOptions, ledger: LoginLedger, quotas: Ledger) {
    this.ledger = ledger;
    this.#options = options;
    this.#quotas = quotas;
    this.#roots = new ServedRoots(options.links, () => this.#options, quotas);
    this.#anonymous = anonymousOnly(options.write);
    this.#authenticate = options.authenticate ?? this.#anonymous;
    this.#refusalMs = options.loginDelayMs;
  }

  /** How long a client waits to hear that its login is refused, whatever the reason. */
  get refusalMs(): number {
    return this.#refusalMs;
  }

  /** Logins from now on go by these settings; sessions keep what they have. @param users those of its users file */
  change(options: FilledServerOptions, users: Users | undefined, refusalMs = options.loginDelayMs): void {
    this.#options = options;
    this.#anonymous = anonymousOnly(options.write);
    if (users === undefined) {
      this.#table = undefined;
      this.#authenticate = options.authenticate ?? this.#anonymous;
      this.#refusalMs = refusalMs;
    } else {
      this.use(users, refusalMs);
    }
  }

  /** Logins from now on are checked by these; sessions keep what they have. @param refusalMs longer than any of their checks */
  use(users: Users, refusalMs: number): void {
    this.#refusalMs = refusalMs;
    if (this.#table !== undefined) {
      this.#table.replace(users);
      return;
    }
    this.#table = new UserTable(users);
    this.#authenticate = tableLogin({
      table: this.#table,
      verifier: this.verifier,
      root: this.#options.root,
    });
  }

  /** Whether this name needs no password: no guess at one is worth a delay then. */
  isOpenTo(username: string): boolean {
    return this.#options.anonymous && isAnonymous(username);
  }

  /** Whether anybody at all may upload. */
  get takesUploads(): boolean {
    return this.#options.write || this.#table !== undefined || this.#options.authenticate !== undefined;
  }

  /** @returns undefined, or throws, for whoever may not log in */
  async authenticate(request: LoginRequest): Promise<User | undefined> {
    return this.isOpenTo(request.username) ? this.#anonymous(request) : this.#authenticate(request);
  }

  /** The server's own, before anybody needs it. @throws as `openFiles` */
  openRoot(): void {
    this.#roots.at(this.#options.root);
  }

  /** @throws an error with `code` for a folder that cannot be opened */
  openFiles(user: User, actor: Actor): SessionFileSystem {
    const { quotaBytes, may, root = this.#options.root } = user;
    const { tree, uploads } = this.#roots.at(root);
    if (quotaBytes !== undefined) this.#quotas.watch(root);
    // Who may go on with a broken upload: anonymous users are told apart by the address alone.
    const owner = { key: `${user.name} ${actor.peer.address}`, quotaBytes };
    const files = new SessionFileSystem({ tree, uploads, owner, may, actor });
    files.startIn(user.startFolder);
    return files;
  }

  async close(): Promise<void> {
    this.#roots.close();
    await this.verifier.close();
  }
}

/**
 * Folders in which users may upload; none of them lies in another. Of users that a function lets in it is not known, but
 * for those of the server's root.
 */
export function uploadRoots(
  { root, write, authenticate }: Pick<FilledServerOptions, 'root' | 'write' | 'authenticate'>,
  users: Users | undefined,
): string[] {
  const ofUsers = [...(users?.entries.values() ?? [])]
    .filter(({ user }) => user.may.upload)
    .map(({ user }) => resolve(root, user.root ?? ''));
  const all = [...new Set([...(write || authenticate !== undefined ? [root] : []), ...ofUsers])].sort();
  const roots: string[] = [];
  for (const one of all) {
    if (!roots.some((outer) => one.startsWith(outer.endsWith(sep) ? outer : outer + sep))) roots.push(one);
  }
  return roots;
}
