// One socket on which the server says that there is news. It is dialled again until it is refused (44xx) or stopped.
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

const isRefusal = (code) => code >= 4400 && code < 4500;

/** Calls onNews(message), onUp(), onDown(); onDown(true) after a refusal: it will not come back. Gives a stop function. */
export function listen(address, { onNews, onUp, onDown }) {
  let wait = FIRST_WAIT;
  let socket;
  let timer;
  let isStopped = false;

  const dial = () => {
    socket = new WebSocket(new URL(address, location.href.replace(/^http/, "ws")));
    socket.addEventListener("open", () => {
      wait = FIRST_WAIT;
      onUp();
    });
    socket.addEventListener("message", ({ data }) => onNews(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => {
      if (isStopped) return;
      onDown(isRefusal(code));
      if (isRefusal(code)) return;
      timer = setTimeout(dial, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  };

  dial();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    socket.close();
  };
}
