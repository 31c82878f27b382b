"""A recorder that offers or pushes RTSP, or a server that takes it, by GStreamer: shares no code with Docket.

Takes one JSON object as its argument, prints JSON lines, obeys lines on its standard input, and ends with it.
"""
import json
import signal
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
options = json.loads(sys.argv[1])
sends_reports = threading.Event()
sends_reports.set()
counts = {}


def tell(**words):
    print(json.dumps(words), flush=True)


def clock_rows(width, height, unix_ms):
    """Luma of the clock pattern; its layout stands in clock-pattern.ts."""
    data = unix_ms.to_bytes(6, "big")
    check = sum((index * 37 + 11) * byte for index, byte in enumerate(data)) & 0xFFF
    bits = (0b1010 << 60) | (unix_ms << 12) | check
    cells = [235 if bits >> (63 - place) & 1 else 16 for place in range(64)]
    row_height = height // 18
    rows = []
    for row in range(2):
        line = bytes(cells[row * 32 + x * 32 // width] for x in range(width))
        rows.append(line * row_height)
    return b"".join(rows)


def feed_pictures(source):
    """Pushes pictures that carry the time they were made at, as fast as they are due."""
    width, height, rate = options["width"], options["height"], options["framesPerSecond"]
    ramp = bytes(40 + x * 160 // width for x in range(width))
    chroma = bytes([128]) * (width * height // 2)
    state = {"due": time.monotonic(), "count": 0}

    def need(element, _length):
        state["due"] = max(state["due"] + 1 / rate, time.monotonic() - 1)
        time.sleep(max(0, state["due"] - time.monotonic()))
        state["count"] += 1
        turn = state["count"] * 4 % width
        top = clock_rows(width, height, time.time_ns() // 1_000_000)
        rest = (ramp[turn:] + ramp[:turn]) * (height - len(top) // width)
        element.emit("push-buffer", Gst.Buffer.new_wrapped(top + rest + chroma))

    source.connect("need-data", need)
    # A client that plays from 0 makes the server seek; there is nothing to do for that.
    source.connect("seek-data", lambda _element, _offset: True)


def coded_video():
    size = f"width={options['width']},height={options['height']},framerate={options['framesPerSecond']}/1"
    if options["burntInClock"]:
        raw = (
            "appsrc name=pictures is-live=true do-timestamp=true format=time stream-type=seekable max-bytes=1 "
            f"caps=video/x-raw,format=I420,{size}"
        )
    else:
        raw = f"videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,{size}"
    rate = f"bitrate={options['kilobitsPerSecond']} key-int-max={options['framesPerKeyFrame']}"
    if options["codec"] == "h265":
        # x265 says a lot on its standard output, which is ours.
        return f"{raw} ! x265enc tune=zerolatency speed-preset=ultrafast log-level=0 {rate}"
    return f"{raw} ! x264enc tune=zerolatency speed-preset=ultrafast {rate}"


def coded_audio():
    tone = "audiotestsrc is-live=true volume=0.1 wave=ticks ! audio/x-raw,channels=1"
    return {
        "aac": f"{tone},rate=16000 ! voaacenc bitrate=32000 ! aacparse",
        "aac-latm": f"{tone},rate=16000 ! voaacenc bitrate=32000 ! aacparse",
        "pcma": f"{tone},rate=8000 ! alawenc",
        "pcmu": f"{tone},rate=8000 ! mulawenc",
    }[options["audio"]]


def play_launch():
    parts = [f"{coded_video()} ! rtp{options['codec']}pay name=pay0 pt=96 config-interval=-1"]
    payloader = {"aac": "rtpmp4gpay pt=97", "aac-latm": "rtpmp4apay pt=97", "pcma": "rtppcmapay", "pcmu": "rtppcmupay"}
    if options["audio"] != "none":
        parts.append(f"{coded_audio()} ! {payloader[options['audio']]} name=pay1")
    return f"( {' '.join(parts)} )"


def record_launch():
    parts = [f"rtp{options['codec']}depay name=depay0 ! fakesink sync=false"]
    if options["audio"] != "none":
        depay = {"aac": "rtpmp4gdepay", "aac-latm": "rtpmp4adepay", "pcma": "rtppcmadepay", "pcmu": "rtppcmudepay"}
        parts.append(f"{depay[options['audio']]} name=depay1 ! fakesink sync=false")
    return f"( {' '.join(parts)} )"


def count_units(element):
    for name in ("depay0", "depay1"):
        depay = element.get_by_name(name)
        if depay is None:
            continue
        counts.setdefault(name, 0)

        def counted(_pad, _info, name=name):
            counts[name] += 1
            return Gst.PadProbeReturn.OK

        depay.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST, counted)


def guard_reports(media):
    """Lets RTCP out only while reports are wanted."""

    def pass_on(_pad, _info):
        return Gst.PadProbeReturn.OK if sends_reports.is_set() else Gst.PadProbeReturn.DROP

    def pad_added(_bin, pad):
        if pad.get_name().startswith("send_rtcp_src"):
            mask = Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST
            pad.add_probe(mask, pass_on)

    def element_added(_pipeline, element):
        if element.get_name().startswith("rtpbin"):
            element.connect("pad-added", pad_added)

    media.get_element().get_parent().connect("element-added", element_added)


def media_configured(_factory, media):
    element = media.get_element()
    if options["mode"] == "record":
        count_units(element)
        return
    guard_reports(media)
    source = element.get_by_name("pictures")
    if source is not None:
        feed_pictures(source)


def factory():
    made = GstRtspServer.RTSPMediaFactory()
    made.set_launch(record_launch() if options["mode"] == "record" else play_launch())
    made.set_shared(True)
    made.set_latency(100)
    # A media whose last client is gone is made anew for the next one: time stamps begin elsewhere then.
    made.set_stop_on_disconnect(True)
    if options["mode"] == "record":
        made.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
    lower = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}
    protocols = GstRtsp.RTSPLowerTrans(0)
    for name in options["transports"]:
        protocols |= lower[name]
    made.set_protocols(protocols)
    if options["credentials"] is not None:
        role = "user,media.factory.access=(boolean)true,media.factory.construct=(boolean)true"
        made.add_role_from_structure(Gst.Structure.new_from_string(role))
    made.connect("media-configure", media_configured)
    return made


def authentication(credentials):
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    guard = GstRtspServer.RTSPAuth.new()
    user, password = credentials["userName"], credentials["password"]
    if credentials["scheme"] == "basic":
        guard.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        guard.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    else:
        guard.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        guard.add_digest(user, password, token)
    return guard


loop = GLib.MainLoop()


def listen_to_stdin(obey, leave):
    """Obeys line by line; the end of the input is the end of us."""

    def listen():
        for line in sys.stdin:
            GLib.idle_add(obey, line.strip())
        GLib.idle_add(leave)

    threading.Thread(target=listen, daemon=True).start()


def serve():
    server = GstRtspServer.RTSPServer()
    server.set_address(options["address"])
    server.set_service(str(options["port"]))
    server.get_mount_points().add_factory(options["path"], factory())
    if options["credentials"] is not None:
        server.set_auth(authentication(options["credentials"]))

    def close_client(_server, client):
        client.close()
        return GstRtspServer.RTSPFilterResult.KEEP

    def obey(line):
        if line == "counts":
            tell(counts=counts)
            return False
        if line == "stop-reports":
            sends_reports.clear()
        elif line == "start-reports":
            sends_reports.set()
        elif line == "drop-clients":
            server.client_filter(close_client)
        tell(done=line)
        return False

    def forget_old_sessions():
        server.get_session_pool().cleanup()
        return True

    if server.attach(None) == 0:
        tell(error="the port cannot be had")
        sys.exit(1)
    GLib.timeout_add_seconds(2, forget_old_sessions)
    listen_to_stdin(obey, loop.quit)
    tell(port=server.get_bound_port())
    loop.run()


def push():
    """Pushes until its input ends or a fault; the exit code says which."""
    # The sink announces last what is named first, and recorders announce pictures first.
    sound = "" if options["audio"] == "none" else f"{coded_audio()} ! queue ! sink."
    parser = f"{options['codec']}parse"
    sink = "rtspclientsink name=sink latency=0"
    pipeline = Gst.parse_launch(f"{sound} {coded_video()} ! {parser} ! queue ! sink. {sink}")
    element = pipeline.get_by_name("sink")
    element.set_property("location", options["url"])
    Gst.util_set_object_arg(element, "protocols", options["transport"])
    if options["credentials"] is not None:
        element.set_property("user-id", options["credentials"]["userName"])
        element.set_property("user-pw", options["credentials"]["password"])
    source = pipeline.get_by_name("pictures")
    if source is not None:
        feed_pictures(source)
    faults = []

    def heard(_bus, message):
        if message.type == Gst.MessageType.ERROR:
            error, detail = message.parse_error()
            faults.append(f"{error.message}: {detail}")
        loop.quit()

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message::error", heard)
    bus.connect("message::eos", heard)
    listen_to_stdin(lambda _line: False, loop.quit)
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    if options["seconds"] is not None:
        GLib.timeout_add(int(options["seconds"] * 1000), loop.quit)
    pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    # Takes leave of the server (TEARDOWN).
    pipeline.set_state(Gst.State.NULL)
    if faults:
        print("\n".join(faults), file=sys.stderr)
        sys.exit(1)


push() if options["mode"] == "push" else serve()
