// Loaded before stock ftp-srv: every accepted connection sends small writes at once.
import { Server } from 'node:net';

const { emit } = Server.prototype;
Server.prototype.emit = function (event, ...rest) {
  if (event === 'connection') rest[0].setNoDelay(true);
  return emit.call(this, event, ...rest);
};
