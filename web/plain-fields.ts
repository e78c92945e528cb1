// Private fields as properties with short names. Safari 15 has a bug with fields (webkit.org/b/236843),
// so they must be rewritten for it; done the usual way, each private field becomes a WeakMap, which is
// larger and slower than all that it keeps private. A page has nobody to hide its fields from.
import type { Plugin } from 'vite';

interface Node {
  type: string;
  start: number;
  end: number;
  name?: string;
  operator?: string;
  superClass?: Node | null;
}

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string';

function* childrenOf(node: Node): Generator<[string, Node]> {
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield [key, child];
  }
}

interface Found {
  privates: { node: Node; isBare: boolean }[];
  inherits: boolean;
}

/** Every private name below a node, and whether it stands for itself, as in `#field in object`. */
function find(node: Node, found: Found = { privates: [], inherits: false }): Found {
  found.inherits ||= node.superClass != null;
  for (const [key, child] of childrenOf(node)) {
    if (child.type !== 'PrivateIdentifier') find(child, found);
    else found.privates.push({ node: child, isBare: key === 'left' && node.operator === 'in' });
  }
  return found;
}

export function plainFields(): Plugin {
  return {
    name: 'tap-racer-plain-fields',
    apply: 'build',
    enforce: 'post',
    transform(code, id) {
      if (!/\.(svelte|[cm]?[jt]s)(\?|$)/.test(id) || !/#\w/.test(code)) return;
      const { privates, inherits } = find(this.parse(code) as unknown as Node);
      privates.sort((a, b) => a.node.start - b.node.start);
      const short = new Map<string, string>();
      for (const { node } of privates) {
        const { name = '' } = node;
        // A subclass must not meet the names of the class it extends, which may be of another file.
        if (!short.has(name)) short.set(name, inherits ? `_${name}` : `$${short.size.toString(36)}`);
      }
      let plain = '';
      let done = 0;
      for (const { node, isBare } of privates) {
        const name = short.get(node.name ?? '') ?? '';
        plain += code.slice(done, node.start) + (isBare ? `'${name}'` : name);
        done = node.end;
      }
      return { code: plain + code.slice(done), map: null };
    },
  };
}
