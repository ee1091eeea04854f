/**
 * The verifier's live view: a whole picture first, then what has changed, once a second. Connects again by itself, also where
 * a connection died without a word or a message was lost, and then begins with a whole picture.
 */
const SILENCE_MILLIS = 6000;
const PAUSE_MILLIS = 1000;

export function follow(onMessage, onConnection) {
  let source;
  let last;
  let watchdog;

  function connect() {
    last = undefined;
    source = new EventSource('/live');
    source.onmessage = event => {
      const message = JSON.parse(event.data);
      if (!message.whole && message.n !== last + 1) {
        reconnect();
        return;
      }
      last = message.n;
      awake();
      onConnection(true);
      onMessage(message);
    };
    source.onerror = () => {
      onConnection(false);
      if (source.readyState === EventSource.CLOSED) {
        reconnect();
      }
    };
    awake();
  }

  function awake() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      onConnection(false);
      reconnect();
    }, SILENCE_MILLIS);
  }

  function reconnect() {
    source.close();
    clearTimeout(watchdog);
    watchdog = setTimeout(connect, PAUSE_MILLIS);
  }

  connect();
}
