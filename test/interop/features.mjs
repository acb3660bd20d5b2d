// What is asked of every client, as data: what lies on both disks before, what the client is told, step by step, and what must
// lie there, byte for byte, afterwards. A step that the client has no means for is left out; one with no step left is a dash.
//
// server, client: files before, by path. steps: [operation, ...its arguments, { proof }]; a proof names what changes on the
// server (null: gone; everything else there must be as it was), what is then on the client, what the client says, what it
// lists, and the verb that must have been sent. moves: data connections are opened, all of them in the way that is on trial.
import { bytes, FOLDER, UNIX_TEXT, WIRE_TEXT } from './content.mjs';

const LF = 0x0a;
const SMALL = bytes(200_000, 'small');
const OTHER = bytes(70_001, 'other');
const PART = 65_536;
const FEW = Buffer.from('a few bytes');
const NOTHING = Buffer.alloc(0);
const MODIFIED = new Date('2021-02-03T04:05:06Z');
/** By MDTM or MLSD to the second; wget has it of LIST, by the day. */
const SAID_MODIFIED =
  /20210203040506|03 Feb 2021 04:05:06|0?2\/0?3\/2021 04:05:06|2021-02-03[T ]04:05:06|Feb; day: 3; year: 2021/;
/** Stands for 100 MB that were laid once: `cases.mjs` knows the file and its hash. */
export const LARGE = Symbol('100 MB');

const LISTED = { 'one.txt': FEW, 'two.bin': SMALL, sub: FOLDER };
const MATCHING = { 'f1.a': FEW, 'f1.b': OTHER, 'f2.c': SMALL, 'g.c': FEW };
const TREE = { 'top/a.bin': SMALL, 'top/b.bin': OTHER, 'top/empty': NOTHING, 'top/deep/er/c.bin': FEW };
const MANY = Object.fromEntries(
  Array.from({ length: 12 }, (_, n) => [`many/${n}.bin`, bytes(30_000 + n, `many ${n}`)]),
);

/** `top/…` under another folder's name. */
const under = (name, tree) =>
  Object.fromEntries(Object.entries(tree).map(([path, content]) => [path.replace(/^[^/]+/, name), content]));

function nameFeature(id, title, name) {
  return {
    id,
    title,
    moves: true,
    server: { [name]: SMALL, 'other.bin': FEW },
    client: { 'local.bin': OTHER },
    steps: [
      ['get', name, 'got.bin', { client: { 'got.bin': SMALL } }],
      ['list', 'list.txt', { lists: [name] }],
      ['delete', name, { server: { [name]: null } }],
      ['put', 'local.bin', name, { server: { [name]: OTHER } }],
    ],
  };
}

export const FEATURES = [
  { id: 'login', title: 'login', steps: [['login', { says: /\b230\b/ }]] },
  {
    id: 'list',
    title: 'list',
    moves: true,
    server: LISTED,
    steps: [['list', 'list.txt', { lists: Object.keys(LISTED), sent: 'LIST' }]],
  },
  {
    id: 'names',
    title: 'list of names',
    moves: true,
    server: LISTED,
    steps: [['names', 'list.txt', { lists: Object.keys(LISTED), sent: 'NLST' }]],
  },
  {
    id: 'machine-list',
    title: 'machine list',
    moves: true,
    server: LISTED,
    steps: [['machineList', 'list.txt', { lists: Object.keys(LISTED), sent: 'MLSD' }]],
  },
  {
    id: 'get',
    title: 'get',
    moves: true,
    server: { 'a.bin': SMALL },
    steps: [['get', 'a.bin', 'got.bin', { client: { 'got.bin': SMALL } }]],
  },
  {
    id: 'put',
    title: 'put',
    moves: true,
    client: { 'a.bin': SMALL },
    steps: [['put', 'a.bin', 'put.bin', { server: { 'put.bin': SMALL } }]],
  },
  {
    id: 'overwrite',
    title: 'put over a longer file',
    moves: true,
    server: { 'put.bin': SMALL },
    client: { 'a.bin': OTHER },
    steps: [['put', 'a.bin', 'put.bin', { server: { 'put.bin': OTHER } }]],
  },
  {
    id: 'append',
    title: 'append',
    moves: true,
    server: { 'a.bin': SMALL },
    client: { 'more.bin': OTHER },
    steps: [
      ['append', 'more.bin', 'a.bin', { server: { 'a.bin': Buffer.concat([SMALL, OTHER]) }, sent: 'APPE' }],
    ],
  },
  {
    id: 'resume-get',
    title: 'resume a get',
    moves: true,
    server: { 'a.bin': SMALL },
    client: { 'got.bin': SMALL.subarray(0, PART) },
    steps: [['resumeGet', 'a.bin', 'got.bin', PART, { client: { 'got.bin': SMALL }, sent: 'REST' }]],
  },
  {
    id: 'resume-put',
    title: 'resume a put',
    moves: true,
    server: { 'put.bin': SMALL.subarray(0, PART) },
    client: { 'a.bin': SMALL },
    steps: [['resumePut', 'a.bin', 'put.bin', PART, { server: { 'put.bin': SMALL }, sent: /^(REST|APPE)$/ }]],
  },
  {
    id: 'break-off',
    title: 'break off a get, get another',
    moves: true,
    server: { 'large.bin': LARGE, 'a.bin': OTHER },
    steps: [['breakOff', 'large.bin', 'a.bin', 'got.bin', { client: { 'got.bin': OTHER }, sent: 'RETR' }]],
  },
  {
    id: 'rename',
    title: 'rename',
    server: { 'old.bin': OTHER },
    steps: [
      ['rename', 'old.bin', 'new.bin', { server: { 'old.bin': null, 'new.bin': OTHER }, sent: 'RNTO' }],
    ],
  },
  {
    id: 'delete',
    title: 'delete',
    server: { 'a.bin': OTHER, 'b.bin': FEW },
    steps: [['delete', 'a.bin', { server: { 'a.bin': null }, sent: 'DELE' }]],
  },
  {
    id: 'mkdir',
    title: 'mkdir',
    server: { 'a.bin': FEW },
    steps: [['mkdir', 'made', { server: { made: FOLDER }, sent: 'MKD' }]],
  },
  {
    id: 'rmdir',
    title: 'rmdir',
    server: { sub: FOLDER, 'a.bin': FEW },
    steps: [['rmdir', 'sub', { server: { sub: null }, sent: 'RMD' }]],
  },
  {
    id: 'size',
    title: 'size',
    // Without LF: some clients ask in the type that is set, and TYPE A counts an LF twice.
    server: { 'a.bin': bytes(54_321, 'sized', { without: LF }) },
    steps: [['size', 'a.bin', { says: /\b54321\b/ }]],
  },
  {
    id: 'time',
    title: 'time',
    server: { 'a.bin': FEW },
    modified: MODIFIED,
    steps: [['time', 'a.bin', 'dated.bin', { says: SAID_MODIFIED, orClientTime: ['dated.bin', MODIFIED] }]],
  },
  {
    id: 'set-time',
    title: 'set the time',
    client: { 'a.bin': OTHER },
    server: { 'b.bin': FEW, 'put.bin': OTHER },
    modified: MODIFIED,
    serverModified: new Date('2020-01-01T00:00:00Z'),
    steps: [
      [
        'setTime',
        'a.bin',
        'put.bin',
        '20210203040506',
        { serverTime: ['put.bin', MODIFIED], sent: /^(MFMT|MDTM|SITE)$/ },
      ],
    ],
  },
  {
    id: 'chmod',
    title: 'chmod',
    server: { 'a.bin': FEW },
    steps: [['chmod', '640', 'a.bin', { serverMode: ['a.bin', 0o640], sent: 'SITE' }]],
  },
  {
    // Where a client takes CR away before LF, its disk is the same without conversion; who says what came, says it.
    id: 'ascii-get',
    title: 'get in TYPE A',
    moves: true,
    server: { 'a.txt': UNIX_TEXT },
    steps: [['getAscii', 'a.txt', 'got.txt', { clientText: 'got.txt' }]],
  },
  {
    id: 'ascii-put',
    title: 'put in TYPE A',
    moves: true,
    client: { 'unix.txt': UNIX_TEXT, 'wire.txt': WIRE_TEXT },
    steps: [['putAscii', 'unix.txt', 'wire.txt', 'put.txt', { server: { 'put.txt': UNIX_TEXT } }]],
  },
  {
    id: 'pattern-list',
    title: 'list by pattern',
    moves: true,
    server: MATCHING,
    steps: [['listMatching', '*.c', 'list.txt', { lists: ['f2.c', 'g.c'], listsNot: ['f1.a', 'f1.b'] }]],
  },
  {
    id: 'pattern-get',
    title: 'get by pattern',
    moves: true,
    server: MATCHING,
    steps: [['getMatching', 'f1*', { client: { 'f1.a': FEW, 'f1.b': OTHER, 'f2.c': null, 'g.c': null } }]],
  },
  {
    id: 'pattern-delete',
    title: 'delete by pattern',
    moves: true,
    server: MATCHING,
    steps: [['deleteMatching', 'f1*', { server: { 'f1.a': null, 'f1.b': null } }]],
  },
  nameFeature('spaces', 'name with spaces', 'two  words and more'),
  nameFeature('utf-8', 'name in UTF-8', 'Grüße 名前 ☃'),
  nameFeature('dash', 'name with a leading dash', '-la'),
  nameFeature('percent', 'name with percents', '100% %41%2Fb'),
  nameFeature('brackets', 'name with brackets', 'a[1]{b}'),
  nameFeature('star', 'name that is a pattern', 'what*is?it'),
  {
    id: 'empty',
    title: '0 bytes',
    moves: true,
    server: { empty: NOTHING },
    client: { nothing: NOTHING },
    steps: [
      ['get', 'empty', 'got.bin', { client: { 'got.bin': NOTHING } }],
      ['put', 'nothing', 'put.bin', { server: { 'put.bin': NOTHING } }],
    ],
  },
  {
    id: 'large-get',
    title: 'get 100 MB',
    moves: true,
    once: 0,
    server: { 'large.bin': LARGE },
    steps: [['get', 'large.bin', 'got.bin', { client: { 'got.bin': LARGE } }]],
  },
  {
    id: 'large-put',
    title: 'put 100 MB',
    moves: true,
    once: 2,
    client: { 'large.bin': LARGE },
    steps: [['put', 'large.bin', 'put.bin', { server: { 'put.bin': LARGE } }]],
  },
  {
    id: 'mirror-get',
    title: 'get a tree',
    moves: true,
    server: TREE,
    steps: [['mirrorGet', 'top', 'copy', { client: under('copy', TREE) }]],
  },
  {
    id: 'mirror-put',
    title: 'put a tree',
    moves: true,
    client: TREE,
    steps: [['mirrorPut', 'top', 'copy', { server: under('copy', TREE) }]],
  },
  {
    id: 'parallel',
    title: 'get in parallel',
    moves: true,
    server: MANY,
    steps: [['parallelGet', 'many', Object.keys(MANY), 'copy', { client: under('copy', MANY) }]],
  },
  {
    id: 'unique',
    title: 'put under a new name (STOU)',
    moves: true,
    server: { 'a.bin': SMALL },
    client: { 'a.bin': OTHER },
    steps: [['putUnique', 'a.bin', { serverNew: OTHER, sent: 'STOU' }]],
  },
  {
    id: 'status',
    title: 'status',
    steps: [['status', { says: /\b211\b/, sent: 'STAT' }]],
  },
  {
    id: 'log-in-again',
    title: 'log in again, get',
    moves: true,
    server: { 'a.bin': OTHER },
    steps: [['loginAgain', 'a.bin', 'got.bin', { client: { 'got.bin': OTHER } }]],
  },
];
