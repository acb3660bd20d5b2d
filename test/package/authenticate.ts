import { createServer, LoginRefused } from 'port20/server';

const may = { upload: true, delete: false, rename: false, makeFolder: true };
const passwords = new Map([['mo', 'Blue-Harbour 7']]);
const server = createServer({
  authenticate: async ({ username, password, address }) => {
    if (address === '192.0.2.1') throw new LoginRefused('has not paid');
    if (passwords.get(username) !== password) return undefined;
    return { name: username, root: `/srv/${username}`, may, maxSessions: 4 };
  },
});
await server.listen();
