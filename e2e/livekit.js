// What the portal's page uses of LiveKit's script, without a server: window.room is the room, and a test plays the others.

const Source = { Camera: "camera", Microphone: "microphone", ScreenShare: "screen_share", ScreenShareAudio: "screen_share_audio" };
const EVENTS = "TrackSubscribed TrackUnsubscribed TrackMuted TrackUnmuted LocalTrackPublished LocalTrackUnpublished ParticipantConnected ParticipantDisconnected Disconnected";
const DisconnectReason = { CLIENT_INITIATED: 1, DUPLICATE_IDENTITY: 2, PARTICIPANT_REMOVED: 4, ROOM_DELETED: 5, ROOM_CLOSED: 10 };

class Track {
  static Source = Source;
  #elements = [];

  constructor(kind, source) {
    Object.assign(this, { kind, source });
  }

  attach(element) {
    this.#elements.push(element);
  }

  detach() {
    return this.#elements.splice(0);
  }
}

class Me {
  isMicrophoneEnabled = false;
  isCameraEnabled = false;
  isScreenShareEnabled = false;

  async setMicrophoneEnabled(isOn) {
    this.isMicrophoneEnabled = isOn;
  }

  async setCameraEnabled(isOn) {
    if (window.hasNoCamera) throw new DOMException("", "NotFoundError");
    this.isCameraEnabled = isOn;
  }

  async setScreenShareEnabled(isOn) {
    this.isScreenShareEnabled = isOn;
  }
}

class Room {
  #listeners = {};
  connected = [];
  tracks = {};
  localParticipant = new Me();
  remoteParticipants = new Map();

  constructor() {
    window.room = this;
  }

  on(name, listener) {
    this.#listeners[name] = listener;
  }

  tell(name, ...facts) {
    this.#listeners[name](...facts);
  }

  async connect(url, token) {
    this.connected.push({ url, token });
  }

  async disconnect() {}

  /** The patient's track of `source` comes, goes, or is muted. */
  hear(event, kind, source) {
    const track = (this.tracks[source] ??= new Track(kind, source));
    const who = { identity: "patient", name: "Patient", isLocal: false };
    if (event.endsWith("uted")) return this.tell(event, { track, source }, who);
    this.tell(event, track, {}, who);
  }
}

const RoomEvent = Object.fromEntries(EVENTS.split(" ").map((name) => [name, name]));
globalThis.LivekitClient = { DisconnectReason, Room, RoomEvent, Track, setLogLevel() {} };
