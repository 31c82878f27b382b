/** What a driver process may know of the gateway's environment: never a setting, which may hold a secret. */
const passedOn =
  /^(?:PATH|HOME|TMPDIR|TZ|LANG|LC_\w+|LD_LIBRARY_PATH|LD_PRELOAD|LIBUSB_DEBUG|UMOCKDEV_\w+)$/u;

export function processEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && passedOn.test(name)) own[name] = value;
  }
  return own;
}
