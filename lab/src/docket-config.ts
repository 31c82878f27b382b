/** The configuration the gateway runs with in the lab; scenarios change single keys. */
export const docketConfig = `
dock:
  name: lab-dock
store:
  directory: /var/lib/docket/store
  reserveBytes: 67108864
volumes:
  directory: /run/docket/volumes
  writeAccessSocket: /run/docket/volume-access.sock
usb:
  detection: 'on'
  volumeWaitMs: 300000
  passwords:
    - model: dv16-command
      password: '000000'
archive:
  name: lab-archive
  directory:
    path: /var/lib/docket/archive
  retryBaseMs: 500
  retryMaxMs: 5000
pull:
  hashWorkers: 1
log:
  level: info
`;
