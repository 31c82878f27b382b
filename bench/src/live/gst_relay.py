"""RTSP in and out by GStreamer's own server: what is recorded under /in/N is played under /out/N, not coded anew."""
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
# Whoever asks for a stream is waited for by the thread that reads his connection: not by that of the recorder too.
threads = GstRtspServer.RTSPThreadPool()
threads.set_max_threads(64)
server.set_thread_pool(threads)
mounts = server.get_mount_points()


def factory(launch, configure):
    made = GstRtspServer.RTSPMediaFactory()
    made.set_launch(f"( {launch} )")
    made.set_shared(True)
    made.set_latency(0)
    made.set_protocols(GstRtsp.RTSPLowerTrans.TCP)
    made.connect("media-configure", configure)
    return made


class Line:
    """One stream: pictures go from the sink of what comes in to the source of what goes out, one call a picture."""

    def __init__(self):
        self.source = None

    def taken(self, _factory, media):
        media.get_element().get_by_name("out").connect("new-sample", self.pass_on)

    def given(self, _factory, media):
        self.source = media.get_element().get_by_name("in")

    def pass_on(self, sink):
        sample = sink.emit("pull-sample")
        if self.source is not None:
            self.source.emit("push-sample", sample)
        return Gst.FlowReturn.OK


for number in range(int(sys.argv[1])):
    line = Line()
    whole = "video/x-h264,stream-format=byte-stream,alignment=au"
    taking = factory(
        f"rtph264depay name=depay0 ! {whole} ! appsink name=out emit-signals=true sync=false", line.taken
    )
    taking.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
    giving = factory(
        f"appsrc name=in is-live=true do-timestamp=true format=time caps={whole} ! "
        "h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1",
        line.given,
    )
    mounts.add_factory(f"/in/{number}", taking)
    mounts.add_factory(f"/out/{number}", giving)

loop = GLib.MainLoop()


def end_with_parent():
    sys.stdin.read()
    GLib.idle_add(loop.quit)


server.attach(None)
threading.Thread(target=end_with_parent, daemon=True).start()
print(server.get_bound_port(), flush=True)
loop.run()
