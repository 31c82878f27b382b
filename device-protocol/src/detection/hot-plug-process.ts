/**
 * Runs in a process of its own, for native code may abort: tells its parent that a device came or went, by a message
 * that says nothing else. Ends with its parent.
 */

process.once('disconnect', () => process.exit(0));
const { usb } = await import('usb');
// The parent may have gone before anyone listened for that.
if (!process.connected) process.exit(0);

const tell = () => {
  process.send?.('changed');
};
usb.on('attach', tell);
usb.on('detach', tell);
