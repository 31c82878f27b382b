/** Which driver a driver process loads, and with what. Crosses the channel, so that a password stands in no argument list. */

/** How a driver process comes to a USB device: the real bus, or a simulated device on a socket. */
export type UsbWay = { via: 'libusb' } | ({ via: 'usb-redir' } & SocketAddress);

export type SocketAddress = { path: string } | { host: string; port: number };

export interface PluginChoice {
  driver: 'plugin';
  /** What the driver is called on screens and in records. */
  name: string;
  /** `file:` URL of its module. */
  module: string;
  /** As the configuration gives them. */
  options: unknown;
}

/**
 * `usb` says how a USB interface is driven; without it only serial ports are. With `tcp` the recorder is on the network,
 * whatever the attachment says.
 */
export interface SmpChoice {
  driver: 'smp';
  assumedZone?: string;
  usb?: UsbWay;
  tcp?: { host: string; port: number };
}

export interface MtpChoice {
  driver: 'mtp';
  assumedZone?: string;
  usb: UsbWay;
}

export interface ScsiChoice {
  driver: 'scsi';
  assumedZone?: string;
  usb: UsbWay;
  /** What a recorder wants to hear before it shows its card, by model, or `default`. */
  passwords?: Readonly<Record<string, string>>;
}

export type DriverChoice = { driver: 'volume' } | SmpChoice | MtpChoice | ScsiChoice | PluginChoice;

export function driverName(choice: DriverChoice): string {
  return choice.driver === 'plugin' ? choice.name : choice.driver;
}
