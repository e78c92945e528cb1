// Made by the build, see words.ts beside vite.config.ts.
declare module 'virtual:words/*' {
  const words: import('./index').Words;
  export default words;
}

declare module '@messageformat/core/compile-module.js' {
  export default function compileModule(format: unknown, messages: Record<string, string>): string;
}
