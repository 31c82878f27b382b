import { read } from 'node:fs';
import { promisify } from 'node:util';
import type { LinuxPortBinding } from '@serialport/bindings-cpp';
import { unixRead } from '@serialport/bindings-cpp/dist/unix-read.js';

const readOnce = promisify(read);

/**
 * Makes a port notice that its terminal hung up. A read of one that did gives no bytes and no error (Linux `tty_io.c`,
 * `hung_up_tty_read`), and the binding then asks again, for ever and as fast as it can. It is told that the device is gone.
 */
export function noticeHangUp(binding: LinuxPortBinding): void {
  binding.read = (buffer, offset, length) =>
    unixRead({ binding, buffer, offset, length, fsReadAsync: readOrGone as typeof read.__promisify__ });
}

async function readOrGone(...parameters: Parameters<typeof read.__promisify__>) {
  const answer = await readOnce(...parameters);
  if (answer.bytesRead === 0) throw Object.assign(new Error('the terminal hung up'), { code: 'ENXIO' });
  return answer;
}
