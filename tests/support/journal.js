// What has happened, in its order; what is going to happen can be awaited.
const patience = 20_000;

export class Journal {
  #notes = [];
  #looks = new Set();

  note(what, detail) {
    this.#notes.push({ what, detail });
    for (const look of this.#looks) look();
  }

  count(what) {
    return this.#notes.filter((note) => note.what === what).length;
  }

  /** The details of everything of this name. */
  all(what) {
    return this.#notes.filter((note) => note.what === what).map(({ detail }) => detail);
  }

  /** Waits until this has happened so many times; gives the details of the last of these. */
  async times(what, times = 1) {
    await this.until(() => this.count(what) >= times, `${what} (${times} times)`);
    return this.all(what)[times - 1];
  }

  /** Waits until a condition holds, which can change with every note. */
  until(condition, what) {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#looks.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#looks.delete(look);
        reject(new Error(`never came: ${what}; noted: ${this.#notes.map(({ what }) => what).join(' ')}`));
      }, patience);
      this.#looks.add(look);
      look();
    });
  }
}
