import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { plainFields } from '../plain-fields';

function plain(code: string): string {
  const transform = plainFields().transform as unknown as (code: string, id: string) => { code: string } | undefined;
  return transform.call({ parse: parseAst }, code, '/src/some.ts')?.code ?? code;
}

/** What the module's `answer` is, once its private fields are properties. */
function run(code: string): unknown {
  const text = plain(code);
  expect(text).not.toMatch(/#/);
  return (new Function(`${text}; return answer;`) as () => unknown)();
}

describe('a private field', () => {
  it('of any kind does what it did', () => {
    const code = `
      class Count {
        static #made = 0;
        #n = 1;
        get #twice() { return this.#n * 2; }
        #add(by) { this.#n += by; return this; }
        static is(value) { return #n in value; }
        constructor() { Count.#made += 1; }
        told(by) { return [this.#add(by).#n, this.#twice, Count.#made, this?.#n]; }
      }
      const answer = [...new Count().told(4), Count.is(new Count()), Count.is({})];`;
    expect(run(code)).toEqual([5, 10, 1, 5, true, false]);
  });

  it('is another than the public one of its name', () => {
    expect(run('class Pair { #a = 1; a = 2; both() { return [this.#a, this.a]; } } const answer = new Pair().both();')).toEqual([1, 2]);
  });

  it('of a class that extends another does not meet those of that one', () => {
    const parent = plain('class Parent { #x = 1; ofParent() { return this.#x; } }');
    const child = plain('class Child extends Parent { #y = 2; ofChild() { return this.#y; } }');
    const child2 = plain('class Grandchild extends Child { #x = 3; all() { return [this.#x, this.ofChild(), this.ofParent()]; } }');
    const made = new Function(`${parent}${child}${child2} return new Grandchild().all();`) as () => unknown;
    expect(made()).toEqual([3, 2, 1]);
  });
});

it('text and colours that look like one stay as they are', () => {
  const code = "const colour = '#abc'; const html = `<a href='#top'>#a</a>`;";
  expect(plain(code)).toBe(code);
});
