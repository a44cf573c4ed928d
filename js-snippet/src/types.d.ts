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
  update?(cart: object): void;
}

export interface Renderer {
  open(popup: Popup, report: Report, root: undefined, gone: () => void): Open;
}

declare global {
  /** File name of the popup renderer; the build writes it in. */
  const POPUPS_FILE: string;
}
