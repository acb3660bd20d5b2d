// One source file as its imports and exports, read from its syntax tree: what stands in a comment or a text is none.
import { dirname, join, normalize } from 'node:path';
import { parseSync } from '@swc/core';

/** One thing that a file takes from elsewhere; a type counts like a value. */
export interface Import {
  readonly file: string;
  /** A path in the same tree for a file of ours, otherwise as written: `node:fs`, `ftp-srv/src/messages.js`. */
  readonly target: string;
  /** What is taken, by the names that `target` exports; EVERYTHING where that is not to be seen, none of a bare import. */
  readonly names: readonly string[];
}

export interface Export {
  readonly file: string;
  readonly name: string;
  /** An interface or a type alias: it may be there for a signature of its own file alone. */
  readonly isType: boolean;
  /** Whether the name stands in its own file a second time. */
  readonly usedInside: boolean;
}

export interface Module {
  readonly file: string;
  readonly imports: readonly Import[];
  /** Without what `export *` hands on. */
  readonly exports: readonly Export[];
}

export const EVERYTHING = '*';
/** The target of an `import()` that computes what it loads. */
export const COMPUTED = '(computed)';

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Taken {
  readonly from: string;
  readonly names: readonly string[];
}

/** @throws what the parser says of a text that is no TypeScript */
export function readModule(file: string, text: string): Module {
  const tree = parseSync(text, { syntax: 'typescript', target: 'es2022' });
  const nodes = nodesOf(tree);
  const mentions = nodes.filter(({ type }) => type === 'Identifier').map(nameOf);
  return {
    file,
    imports: nodes.flatMap(takenBy).map(({ from, names }) => ({ file, target: resolve(file, from), names })),
    exports: listOf(tree.body).flatMap((node) =>
      exportedBy(node).map((name) => ({
        file,
        name,
        isType: declaresType(node),
        usedInside: mentions.filter((one) => one === name).length > 1,
      })),
    ),
  };
}

/** A path under the same root for a file of ours, the package's name as written for all else. */
function resolve(file: string, from: string): string {
  return from.startsWith('.') ? normalize(join(dirname(file), from)) : from;
}

/** Every node of the tree, an outer one before what it holds. */
function nodesOf(tree: unknown): Node[] {
  if (Array.isArray(tree)) return tree.flatMap(nodesOf);
  if (typeof tree !== 'object' || tree === null) return [];
  const inner = Object.values(tree).flatMap(nodesOf);
  return isNode(tree) ? [tree, ...inner] : inner;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function takenBy(node: Node): Taken[] {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
      return taken(node.source, listOf(node.specifiers).map(nameTaken));
    case 'ExportAllDeclaration':
      return taken(node.source, [EVERYTHING]);
    case 'TsImportType': // typeof import('x'), import('x').Name
      return taken(node.argument, [EVERYTHING]);
    case 'TsExternalModuleReference': // import x = require('x')
      return taken(node.expression, [EVERYTHING]);
    case 'CallExpression':
      return isLoader(node.callee) ? taken(firstArgument(node), [EVERYTHING]) : [];
    default:
      return [];
  }
}

function taken(source: unknown, names: readonly string[]): Taken[] {
  if (!isNode(source)) return []; // an export of the file's own
  return [{ from: source.type === 'StringLiteral' ? String(source.value) : COMPUTED, names }];
}

/** `import(…)`, `require(…)`, `createRequire(…)(…)`. */
function isLoader(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'Import') return true;
  if (callee.type === 'CallExpression') return nameOf(callee.callee) === 'createRequire';
  return nameOf(callee) === 'require';
}

function firstArgument({ arguments: passed }: Node): unknown {
  return (passed as readonly { readonly expression: unknown }[])[0]?.expression;
}

/** Of one `specifier` in braces, or beside them. */
function nameTaken(specifier: Node): string {
  switch (specifier.type) {
    case 'ImportSpecifier':
      return nameOf(specifier.imported) ?? nameOf(specifier.local) ?? EVERYTHING;
    case 'ExportSpecifier':
      return nameOf(specifier.orig) ?? EVERYTHING;
    case 'ImportDefaultSpecifier':
      return 'default';
    default:
      return EVERYTHING; // a namespace
  }
}

function exportedBy(node: Node): string[] {
  switch (node.type) {
    case 'ExportDeclaration':
      return declared(node.declaration);
    case 'ExportNamedDeclaration':
      return listOf(node.specifiers).flatMap(
        (one) => nameOf(one.exported) ?? nameOf(one.orig) ?? nameOf(one.name) ?? [],
      );
    case 'ExportDefaultDeclaration':
    case 'ExportDefaultExpression':
      return ['default'];
    default:
      return [];
  }
}

function declaresType({ type, declaration, typeOnly }: Node): boolean {
  if (type === 'ExportNamedDeclaration') return typeOnly === true;
  return isNode(declaration) && /^Ts(?:Interface|TypeAlias)Declaration$/.test(declaration.type);
}

/** A function, class, interface, type or enum has one name; a `const` may have many. */
function declared(declaration: unknown): string[] {
  if (!isNode(declaration)) return [];
  if (declaration.type === 'VariableDeclaration') {
    return listOf(declaration.declarations).flatMap(({ id }) => bound(id));
  }
  return [nameOf(declaration.identifier) ?? nameOf(declaration.id) ?? []].flat();
}

/** The names that a pattern binds: `a`, `{ a, b: c }`, `[a, b]`. */
function bound(pattern: unknown): string[] {
  if (Array.isArray(pattern)) return pattern.flatMap(bound);
  if (!isNode(pattern)) return [];
  switch (pattern.type) {
    case 'Identifier':
      return [String(pattern.value)];
    case 'ObjectPattern':
      return bound(pattern.properties);
    case 'KeyValuePatternProperty':
      return bound(pattern.value);
    case 'AssignmentPatternProperty':
      return bound(pattern.key);
    case 'ArrayPattern':
      return bound(pattern.elements);
    case 'AssignmentPattern':
      return bound(pattern.left);
    case 'RestElement':
      return bound(pattern.argument);
    default:
      return [];
  }
}

function listOf(nodes: unknown): readonly Node[] {
  return Array.isArray(nodes) ? nodes.filter(isNode) : [];
}

/** Of an identifier, or of a name in quotes. */
function nameOf(node: unknown): string | undefined {
  return isNode(node) && typeof node.value === 'string' ? node.value : undefined;
}
