import { AppError, type Socket } from '@uprez/shared';

/** Throws `daemon.disconnected` where the program that runs the page does not even let it try. */
export function openSocket(url: string): Socket {
  const webSocket = construct(url);
  const socket: Socket = {
    // What is written to a closed socket is lost anyway; some engines throw.
    send: (text) => webSocket.readyState === WebSocket.OPEN && webSocket.send(text),
    close: () => {
      webSocket.close();
      // A dead connection reports its end late or never.
      socket.onclose?.();
    },
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
  };
  webSocket.addEventListener('open', () => socket.onopen?.());
  webSocket.addEventListener('message', (event) => socket.onmessage?.({ data: event.data }));
  webSocket.addEventListener('close', () => socket.onclose?.());
  webSocket.addEventListener('error', () => socket.onerror?.());
  return socket;
}

function construct(url: string): WebSocket {
  try {
    return new WebSocket(url);
  } catch (cause) {
    throw new AppError('daemon.disconnected', {}, { cause });
  }
}

/** From the platform's secure source. */
export function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
