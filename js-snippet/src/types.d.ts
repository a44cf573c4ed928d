/** The shapes that the parts of the snippet hand to each other. */

export type PageKind =
  | 'home'
  | 'category'
  | 'product'
  | 'cart'
  | 'checkout'
  | 'thanks'
  | 'search'
  | 'other';

export interface Product {
  id: string;
  name?: string;
  price?: number;
  currency?: string;
  category?: string;
  image?: string;
  availability?: string;
  stock?: number;
  url?: string;
}

export interface Page {
  url: string;
  kind: PageKind;
  title?: string;
  product?: Product;
  category?: string;
}

/** An item as GA4 writes it. */
export interface Item {
  item_id?: string;
  item_name?: string;
  item_category?: string;
  price?: number;
  quantity?: number;
}

export interface Cart {
  items: Item[];
  value?: number;
  currency?: string;
}

export interface Purchase extends Cart {
  transaction_id: string;
}

/** A node of JSON-LD: nothing about it is certain. */
// biome-ignore lint/suspicious/noExplicitAny: it comes from the shop's page
export type Thing = Record<string, any>;

export interface QueuedEvent {
  doc: string;
  seq: number;
  name: string;
  data: object;
  page: Page | null;
}

/** The moments of the page that the engine wants to hear of. */
export interface Arm {
  page_dwell?: number[];
  idle?: number[];
  scroll?: number[];
  wake?: number[];
  exit_intent?: boolean;
  tab_return?: boolean;
  copy?: boolean;
}

/** A frame from the engine. */
export interface Frame {
  type: string;
  seq?: number;
  doc?: string;
  token?: string;
  session?: string;
  arm?: Arm;
  fire?: string;
  popup?: Popup;
}

/** What the renderer shows; the core looks only at these. */
export interface Popup {
  kind?: string;
  /** When the frame came, by performance.now(). */
  at?: number;
}

export type Cancel = () => void;
/** Runs the function after some ms, unless cancelled before. */
export type After = (ms: number, then: () => void) => Cancel;
/** Hands an event to the stream. */
export type Report = (name: string, data?: object) => void;

/** A popup that was handed to the renderer. */
export interface Open {
  close(): void;
  update(cart: object): void;
}

export interface Renderer {
  open(
    popup: Popup,
    report: Report,
    root: undefined,
    gone: () => void,
    calm: (act: () => void) => () => void,
    cart: () => object | undefined,
  ): Open;
}

/** Whether anything may be stored (granted), or sent (all but unknown). */
export type Consent = 'unknown' | 'denied' | 'granted';

/** What the readers of platforms get; no name of these is shortened by the build. */
export interface ReaderPorts {
  window: Window;
  document: Document;
  site: string;
  report: Report;
  /** The shop's carts and orders, once their code is here. */
  carts: Pick<import('./carts.js').Carts, 'use'>;
  /** What a reader knows better of the page shown now. */
  page(better: Partial<Page>): void;
  /** Calls back before each page view is told, whenever the page has settled after that, and when it is left. */
  settled(act: (leaving: boolean) => void): void;
  /**
   * Calls back with what the merchant reports by `shopbell('event', ...)`, before it is told; what returns true was told
   * by somebody else.
   */
  said(act: (name: string, data?: object) => unknown): void;
  now(): number;
  after: After;
}

/** What the consent gate gets. */
export interface GatePorts {
  window: Window;
  document: Document;
  /** Our script tag. */
  script: HTMLElement;
  site: string;
  engine(path: string): URL;
  set(consent: Consent): void;
  report: Report;
  now(): number;
  after: After;
}

/** What the merchant's overlay gets. */
export interface DebugPorts {
  window: Window;
  document: Document;
  site: string;
  engine(path: string): URL;
  /** Calls back with each frame from now on. */
  heard(act: (frame: object, sent: boolean) => void): void;
  /** The page told last. */
  page(): Page | null;
  now(): number;
  after: After;
}

/** A connection: a WebSocket, or what stands for one. */
export interface Carrier {
  onopen(): void;
  onmessage(message: { data: string }): void;
  onclose(close: { code: number; reason: string }): void;
  send(text: string): void;
  close(code?: number): void;
  /** It was closed before it came to life. */
  closed?: boolean;
}

/** What a carrier that is no WebSocket gets. */
export interface CarrierPorts {
  window: Window & typeof globalThis;
  engine(path: string): URL;
  site: string;
  /** What this tab may keep. */
  tab: import('./store.js').Area;
  /** The first frame of each message: who the shopper is, and on which page now. */
  hello(): object;
  /** Whether the shopper attends to the page. */
  active(): boolean;
  now(): number;
  after: After;
}

/** What is needed when a popup may be near gets. */
export interface NearPorts {
  window: Window;
  now(): number;
  report: Report;
  /** Whether the page is visible. */
  seen(): boolean;
  /** The clock of attention. */
  clock: import('./clock.js').DwellClock;
  /** Reports the attention that is not reported yet. */
  dwell(): void;
  /** Has the watch look, and sleep until the next moment can come. */
  check(): void;
  on: typeof import('./safe.js').on;
  coarse: typeof import('./context.js').isCoarse;
  /** Whether the shopper has done something here. */
  touched(): boolean;
  /** The cart told last. */
  cart(): object | undefined;
}

/** The watch over armed moments, and the order of the popups. */
export type Near = ReturnType<typeof import('./near/armed.js').watchArmed> &
  ReturnType<typeof import('./near/shows.js').showPopups>;

declare global {
  /** What the names of the chunks carry; the build writes it in. */
  const CHUNKS_HASH: string;
}
