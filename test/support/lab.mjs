// A client, a router and a server in network namespaces of their own: 10.77.1.2 – 10.77.1.1, 10.77.2.1 – 10.77.2.2. As root.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

let count = 0;

/** Gone with `end`, and with all that runs in it. */
export class Lab {
  #names;
  #children = [];

  constructor() {
    count += 1;
    const name = (role) => `p20d-${process.pid}-${count}-${role}`;
    this.#names = { client: name('c'), router: name('r'), server: name('s') };
    for (const one of Object.values(this.#names)) ip('netns', 'add', one);
    this.#link('client', 'router', '10.77.1', 'r0');
    this.#link('server', 'router', '10.77.2', 'r1');
    for (const role of Object.keys(this.#names)) this.run(role, 'ip', 'link', 'set', 'lo', 'up');
    this.run('router', 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  }

  #link(role, router, net, at) {
    const namespaces = this.#names;
    ip(
      'link',
      'add',
      'e0',
      'netns',
      namespaces[role],
      'type',
      'veth',
      'peer',
      'name',
      at,
      'netns',
      namespaces[router],
    );
    this.run(role, 'ip', 'addr', 'add', `${net}.2/24`, 'dev', 'e0');
    this.run(router, 'ip', 'addr', 'add', `${net}.1/24`, 'dev', at);
    this.run(role, 'ip', 'link', 'set', 'e0', 'up');
    this.run(router, 'ip', 'link', 'set', at, 'up');
    this.run(role, 'ip', 'route', 'add', 'default', 'via', `${net}.1`);
  }

  #inside(role, command) {
    return ['netns', 'exec', this.#names[role], ...command];
  }

  run(role, ...command) {
    return execFileSync('ip', this.#inside(role, command), { encoding: 'utf8' });
  }

  rules(role, text) {
    execFileSync('ip', this.#inside(role, ['nft', '-f', '-']), { input: text.replaceAll('} ', '}\n') });
  }

  /** Resolves when it says that it listens. */
  async start(role, ...command) {
    const child = spawn('ip', this.#inside(role, command), { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#children.push(child);
    let said = '';
    for await (const text of child.stderr.setEncoding('utf8')) {
      said += text;
      if (/listening/.test(said)) break;
    }
    if (!/listening/.test(said)) throw new Error(`${command.slice(0, 3).join(' ')} did not start: ${said}`);
  }

  /** For a program that says nothing: until its port is listened on. */
  async startSilent(role, env, ...command) {
    this.#children.push(spawn('ip', this.#inside(role, command), { stdio: 'ignore', env }));
    for (let tries = 0; !this.run(role, 'ss', '-Hltn', 'sport = :2121').includes('2121'); tries++) {
      if (tries > 200) throw new Error(`${command[0]} did not start`);
      await delay(50);
    }
  }

  /** Resolves with what it said, when it has ended. */
  async output(role, ...command) {
    const child = spawn('ip', this.#inside(role, command), { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said.err += text;
    });
    const [status] = await once(child, 'close');
    return { ...said, status };
  }

  end() {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const name of Object.values(this.#names)) {
      for (const pid of execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n'))
        if (pid !== '') process.kill(Number(pid), 'SIGKILL');
      ip('netns', 'del', name);
    }
  }
}

function ip(...args) {
  execFileSync('ip', args);
}
