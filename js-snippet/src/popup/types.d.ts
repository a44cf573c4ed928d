/** What a `show` frame carries, and what the kinds of popup and the renderer hand to each other. */

export interface Coupon {
  code: string;
  /** What it is worth, written. */
  value?: string;
  /** How long it is good, from when the frame came. */
  expires_ms?: number;
  /** Where the shop applies it by itself. */
  apply?: string;
}

/** The words of a popup's own buttons; which ones are there depends on the kind. */
export type Labels = Record<string, string>;

export interface Button {
  text: string;
  url?: string;
  /** Another rule's popup follows. */
  start?: boolean;
}

export interface Reply {
  text: string;
  follow_up?: string;
  start?: boolean;
}

export interface Theme {
  accent?: string;
  on_accent?: string;
  ground?: string;
  text?: string;
  /** Of a button, in px; a card's is half as much again. */
  radius?: number;
  font?: 'system' | 'serif' | 'rounded' | 'mono';
  side?: 'right' | 'left';
  dark?: 'auto' | 'never';
}

export interface Option {
  text: string;
  go?: string;
  start?: boolean;
  url?: string;
}

export interface Card {
  title: string;
  text?: string;
  image?: string;
  go?: string;
  start?: boolean;
  url?: string;
}

export interface Ask {
  name: string;
  type: 'text' | 'email' | 'number';
  placeholder?: string;
  go?: string;
}

export interface Step {
  say?: string[];
  coupon?: boolean;
  options?: Option[];
  cards?: Card[];
  ask?: Ask;
  handover?: { online: boolean; text: string; go?: string };
  go?: string;
}

/** How a shop writes an amount: `#` in the pattern is the number. */
export interface Money {
  pattern: string;
  group: string;
  point: string;
  decimals: number;
}

export interface Progress {
  goal: number;
  value: number;
  currency: string;
  done?: string;
  money: Money;
}

export interface Product {
  id: string;
  name: string;
  price?: string;
  image?: string;
  url: string;
}

export interface Channel {
  kind: string;
  text: string;
  url: string;
}

/** All texts are plain, in the shopper's language; "\n" breaks a line. */
export interface Popup {
  kind: string;
  lang: string;
  dir: string;
  labels: Labels;
  theme?: Theme;
  /** When the frame came, by performance.now(). */
  at?: number;
  title?: string;
  text?: string;
  coupon?: Coupon;
  replies?: Reply[];
  follow_up?: string;
  steps?: Record<string, Step>;
  button?: Button | string;
  position?: 'top' | 'bottom';
  progress?: Progress;
  products?: Product[];
  question?: string;
  scale?: 'nps' | 'stars' | 'choice';
  options?: string[];
  low?: string;
  high?: string;
  comment?: string;
  thanks?: string;
  segments?: string[];
  prize?: number;
  result?: string;
  image?: { src: string; alt: string; width: number; height: number };
  url?: string;
  placeholder?: string;
  consent?: string;
  channels?: Channel[];
}

export type Report = (name: string, data: object) => void;

/** A popup that is built and not yet shown. */
export interface Built {
  panel: HTMLElement;
  /** What a screen reader is told when the popup comes; a modal dialog tells it by itself. */
  words: string;
  raise(): void;
  unraise(): void;
  update?(cart: { value?: number; currency?: string }): void;
  /** The kind's own style sheet. */
  css?: string;
}

/** What a kind may do: `dismiss` is the shopper's act and reported, `vanish` only removes. */
export interface Stage extends Kit {
  labels: Labels;
  report: Report;
  dismiss(): void;
  vanish(): void;
  /** Tells screen readers. */
  tell(words: string): void;
  /** Sets a custom property of the popup's own sheet. */
  vary(name: string, value: string | number): void;
  /** The time that a coupon still has; there when it expires. */
  ends?(popup: Popup, stage: Stage): HTMLElement;
}

interface Kit {
  make: typeof import('./element.js').make;
  icon: typeof import('./element.js').icon;
  closeButton: typeof import('./element.js').closeButton;
  codeRow: typeof import('./code.js').codeRow;
  goLink: typeof import('./code.js').goLink;
  offer: typeof import('./code.js').offer;
  ticket: typeof import('./conversation.js').ticket;
  chat: typeof import('./chat.js').chat;
  modal: typeof import('./modal.js').modal;
  corner: typeof import('./corner.js').corner;
}

declare global {
  /** The hash in the names of the chunks; the build writes it in. */
  const CHUNKS_HASH: string;
}
