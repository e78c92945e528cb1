// The connection of a page that wants to be known: with the account's token where somebody is logged in,
// a guest's otherwise.
import { Pass, type Account } from '../account';
import { Live } from '../live';

export interface Listener {
  /** Who this browser is logged in as, whenever the server says so. */
  who: (account: Account | null) => void;
  connected: (up: boolean) => void;
}

/** Opens once it is known whose it is, or that nobody can say. */
export async function openLine({ who, connected }: Listener): Promise<Live> {
  const pass = new Pass(({ account }) => who(account));
  await pass.renew();
  let shown = pass.token();
  const live = new Live(
    (up) => {
      connected(up);
      if (!up) void another();
    },
    undefined,
    () => (shown = pass.token()),
  );

  // A token that was refused looks like a network that is away: asking tells the two apart.
  async function another(): Promise<void> {
    const before = shown;
    await pass.renew();
    if (!live.connected && pass.token() !== before) live.renewed();
  }
  return live;
}
