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
  return new Live(
    (up) => {
      connected(up);
      // A token that is refused looks like a network that is away: the next try has another one.
      if (!up) void pass.renew();
    },
    undefined,
    pass.token,
  );
}
