/** One more WebSocket, in the background. */
import { stringify } from '../json.js';
import { safely } from '../safe.js';

/** The engine is known to answer: it would by now. */
const FIRST_MS = 2_000;

/**
 * @param {import('../types.js').CarrierPorts} ports
 * @param {(data: string) => void} take @param {(code: number, reason: string) => void} end
 * @returns {Promise<WebSocket | undefined>} one that frames come through, if it does not end soon
 */
export const tryAgain = ({ window, engine, site, hello, after }, take, end) =>
  new Promise((settle) => {
    const url = engine(`v1/stream?site=${site}`);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = safely(() => new window.WebSocket(url))();
    if (!socket) return settle(undefined);
    let works = false;
    const giveUp = () => {
      cancel();
      settle(undefined);
      if (!works) socket.close();
    };
    const cancel = after(FIRST_MS, giveUp);
    socket.onopen = safely(() => socket.send(stringify(hello())));
    socket.onmessage = safely(({ data }) => {
      works = true;
      cancel();
      settle(socket);
      take(data);
    });
    socket.onclose = safely(({ code, reason }) => (works ? end(code, reason) : giveUp()));
  });
