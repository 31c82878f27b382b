/** A USB device as its descriptors describe it, before anything opens it. */

export interface UsbInterfaceFacts {
  /** `bInterfaceNumber`. */
  number: number;
  /** `bInterfaceClass`, `bInterfaceSubClass`, `bInterfaceProtocol` of alternate setting 0. */
  class: number;
  subclass: number;
  protocol: number;
}

/** Everything here is a claim by a stranger; texts are cleaned of control characters. */
export interface UsbDeviceFacts {
  /** Bus and ports as the kernel writes them, e.g. `1-1.4.2`: the place, not the device. */
  portPath: string;
  busNumber: number;
  /** Given anew at each enumeration. */
  deviceAddress: number;
  vendorId: number;
  productId: number;
  /** `bcdDevice`. */
  release: number;
  /** `bDeviceClass`; 0 where the interfaces say it. */
  class: number;
  manufacturer: string | null;
  product: string | null;
  serialNumber: string | null;
  interfaces: readonly UsbInterfaceFacts[];
}
