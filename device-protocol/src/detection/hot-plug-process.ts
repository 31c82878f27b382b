/**
 * Runs in a process of its own, for native code may abort: tells its parent that a device came or went, by a message
 * that says nothing else. Ends with its parent.
 */
import { usb } from 'usb';

const tell = () => {
  process.send?.('changed');
};
usb.on('attach', tell);
usb.on('detach', tell);
process.on('disconnect', () => process.exit(0));
