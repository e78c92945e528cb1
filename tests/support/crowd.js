// A room of any size as a screen is told of it, for crowds that no machine plays: it answers the page's
// socket in the server's place.

const colours = ['red', 'orange', 'yellow', 'lime', 'green', 'teal', 'cyan', 'blue', 'indigo', 'purple', 'pink', 'brown'];
const shapes = ['circle', 'square', 'triangle', 'diamond', 'star', 'hexagon', 'heart', 'cross'];
const first = ['Ada', 'Björn', 'Chloé', 'Dmitri', 'Esra', 'Finn', 'Gül', 'Hana', 'Ines', 'Jörg', 'Kwame', 'Léa', 'Maximilian'];

const lanesAtMost = 50;
const toldAtMost = 1000;
const leadersTold = 20;
const slices = 48;
const tickEvery = 50;

/**
 * Answers for the house room with so many racers in it, from now on.
 * @param {import('@playwright/test').Page} page
 * @param {{ racers: number, rules: object, host?: boolean }} room
 */
export async function simulate(page, { racers, rules, host = true }) {
  const everybody = Array.from({ length: racers }, (_, i) => someone(i + 1));
  const order = [...everybody];
  const known = new Set(everybody.slice(0, toldAtMost).map(({ lane }) => lane));
  const crowd = racers > lanesAtMost;
  const sockets = new Set();
  let [phase, heat, goAt, timer, turn] = ['lobby', 0, null, null, 0];

  const tell = (event, payload) => {
    for (const socket of sockets) socket.send(JSON.stringify([null, null, 'console', event, payload]));
  };
  const state = () => ({ phase, heat, now: Date.now(), rules, go_at: goAt, ...(rules.mode === 'tug' && { teams: teams() }) });
  const teams = () => (racers > toldAtMost ? undefined : Object.fromEntries(everybody.map(({ lane, team }) => [lane, team])));
  const joined = () => ({
    ...state(),
    room: '',
    host,
    join_url: 'http://example.org/play',
    racers: everybody.filter(({ lane }) => known.has(lane)).map(told),
    count: racers,
  });
  const answer = {
    console: (event, { t0 }) => (event === 'phx_join' ? joined() : event === 'sync' ? { t0, now: Date.now() } : {}),
    phoenix: () => ({}),
  };

  await page.routeWebSocket(/\/socket\/websocket/, (socket) => {
    sockets.add(socket);
    socket.onClose(() => sockets.delete(socket));
    socket.onMessage((text) => {
      const [joinRef, ref, topic, event, payload] = JSON.parse(text);
      const response = answer[topic]?.(event, payload) ?? { messages: [], recovered: true };
      socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status: 'ok', response }]));
    });
  });

  function enter(next) {
    phase = next;
    tell('phase', state());
  }

  function tick() {
    const t = Date.now() - goAt;
    const moved = new Set(everybody.filter((racer) => racer.moves(t)));
    order.sort((a, b) => b.taps - a.taps || a.lane - b.lane);
    const lanes = crowd ? chosen(moved) : moved;
    for (const racer of lanes) {
      // Whom the screen cannot know, it is told of first.
      if (!known.has(racer.lane)) tell('racer_changed', told(racer));
      known.add(racer.lane);
    }
    const message = { heat, t, lanes: Array.from(lanes, ({ lane, taps }) => [lane, taps]) };
    if (rules.mode === 'tug') message.rope = Math.round(300 * Math.sin(t / 2500));
    if (crowd) Object.assign(message, asCrowd());
    tell('tick', message);
    if (rules.mode === 'timed' && t > rules.seconds * 1000) finish();
  }

  /** The leaders that moved, then others in turn. */
  function chosen(moved) {
    const lanes = new Set(order.slice(0, leadersTold).filter((racer) => moved.has(racer)));
    for (let looked = 0; looked < racers && lanes.size < lanesAtMost; looked += 1) {
      turn = (turn + 1) % racers;
      if (moved.has(everybody[turn])) lanes.add(everybody[turn]);
    }
    return lanes;
  }

  function asCrowd() {
    const to = rules.mode === 'sprint' ? rules.taps : Math.max(1, order[0].taps);
    const counts = new Array(slices).fill(0);
    for (const { taps } of order) counts[Math.min(slices - 1, Math.floor((taps / to) * slices))] += 1;
    const sum = (racers) => racers.reduce((all, { taps }) => all + taps, 0);
    const side = (name) => order.filter(({ team }) => team === name);
    return {
      field: racers,
      total: sum(order),
      pack: { to, counts },
      ...(rules.mode === 'tug' && {
        sides: { left: [side('left').length, sum(side('left'))], right: [side('right').length, sum(side('right'))] },
      }),
    };
  }

  function finish() {
    clearInterval(timer);
    const places = order.slice(0, toldAtMost).map((racer, i) => ({ ...told(racer), place: i + 1, dead_heat: false }));
    const total = order.reduce((all, { taps }) => all + taps, 0);
    enter('finished');
    const results = { heat, final: true, mode: rules.mode, outcome: 'won', places, winner: places[0].id, of: racers, total };
    tell('results', results);
  }

  return {
    start() {
      heat += 1;
      goAt = Date.now() + 500;
      for (const racer of everybody) racer.begin();
      enter('countdown');
      setTimeout(() => {
        enter('running');
        timer = setInterval(tick, tickEvery);
      }, 500);
    },
    stop: () => clearInterval(timer),
  };
}

function someone(lane) {
  // Fingers differ; the golden ratio spreads them evenly.
  const part = (lane * 0.618034) % 1;
  const rate = 4.5 + 3.5 * part ** 1.5;
  return {
    id: lane,
    lane,
    name: `${first[lane % first.length]} ${lane}`,
    colour: colours[lane % colours.length],
    shape: shapes[(lane * 5) % shapes.length],
    team: lane % 2 ? 'left' : 'right',
    taps: 0,
    begin() {
      this.taps = 0;
    },
    moves(t) {
      const taps = Math.max(0, Math.floor((t / 1000) * rate + 0.6 * Math.sin(t / 900 + lane)));
      if (taps <= this.taps) return false;
      this.taps = taps;
      return true;
    },
  };
}

function told({ id, lane, name, colour, shape, team, taps }) {
  return { id, lane, name, colour, shape, team, taps, connected: true, bot: false, in_heat: true };
}
