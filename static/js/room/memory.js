// What this browser keeps of its person's choices; where it may not, each visit begins with the defaults.

export function recall(name) {
  try {
    return localStorage.getItem(`room-${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`room-${name}`, value);
  } catch {
    // a browser that keeps nothing
  }
}
