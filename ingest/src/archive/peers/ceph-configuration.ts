export const certificateFile = 'gateway.crt';
export const privateKeyFile = 'gateway.key';

/** The settings of the smallest Ceph that is real: one copy of everything, on one disk that is a file. */
export function cephConfiguration(place: {
  folder: string;
  fsid: string;
  port: number;
  securePort: number;
  monitor: number;
  monitorV1: number;
}): string {
  const { folder, fsid, port, securePort, monitor, monitorV1 } = place;
  const sections: Record<string, Record<string, string | number>> = {
    global: {
      fsid,
      'mon host': `[v2:127.0.0.1:${monitor},v1:127.0.0.1:${monitorV1}]`,
      'public addr': '127.0.0.1',
      'cluster addr': '127.0.0.1',
      'osd pool default size': 1,
      'osd pool default min size': 1,
      'osd pool default pg num': 8,
      'osd pool default pgp num': 8,
      'osd pool default pg autoscale mode': 'off',
      'mon allow pool size one': 'true',
      'auth allow insecure global id reclaim': 'false',
      'mon max pg per osd': 1000,
      // The disk of the machine may be nearly full: that is not what is tested.
      'mon data avail crit': 1,
      'mon data avail warn': 2,
      'osd crush chooseleaf type': 0,
      'osd objectstore': 'bluestore',
      // A sparse file: it takes what is written.
      'bluestore block size': 32 * 1024 ** 3,
      'bluestore fsck on mount': 'false',
      'osd memory target': 1_610_612_736,
      'osd scrub auto repair': 'false',
      'run dir': `${folder}/run`,
      'admin socket': `${folder}/run/$name.$pid.asok`,
      'log file': '/dev/null',
      keyring: `${folder}/keyring`,
    },
    'mon.a': { 'mon data': `${folder}/mon` },
    'osd.0': { 'osd data': `${folder}/osd` },
    'client.rgw.a': {
      'rgw data': `${folder}/rgw`,
      'rgw frontends': `beast endpoint=127.0.0.1:${port} ssl_endpoint=127.0.0.1:${securePort} ssl_certificate=${folder}/${certificateFile} ssl_private_key=${folder}/${privateKeyFile}`,
      'rgw dns name': '127.0.0.1',
      'rgw enable usage log': 'false',
      // A quota counts from the first byte, and not from the next look at it.
      'rgw bucket quota ttl': 0,
      'rgw user quota bucket sync interval': 0,
      'debug rgw': 0,
    },
  };
  return Object.entries(sections)
    .map(([name, settings]) => {
      const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
      return `[${name}]\n${lines.join('\n')}\n`;
    })
    .join('\n');
}
