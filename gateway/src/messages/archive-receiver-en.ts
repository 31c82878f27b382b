/** Words of `docket archive serve`, `key` and `dock`. */
export const archiveReceiverEn = {
  failed: (reason: string) => `The archive stopped: ${reason}`,
  dockName: 'a name of letters, digits, dots, dashes and underscores, at most 64',
  token: 'The token of this dock, shown this once; it goes into the dock’s configuration:',
  configure: 'Into the archive’s configuration file, under docks:',
  examples: {
    serve: ['docket archive serve --config /etc/docket/archive.yaml'],
    key: ['docket archive key --config /etc/docket/archive.yaml'],
    dock: ['docket archive dock DEMO-001'],
  },
};

export const archiveReceiverHelpEn = {
  archive: 'archives: where clips go, and what signs for them',
  archiveServe: 'receive clips of docks into a folder, re-hash and keep them, and sign receipts',
  archiveServeConfig: 'configuration file of the archive, YAML',
  archiveServeLogLevel: 'debug, info, warn or error',
  archiveKey: 'print the verifier key that docks pin; made at its first use',
  archiveDock: 'make the token of a dock: shown once, only its hash goes into the configuration',
  archiveDockName: 'name of the dock, as in its configuration',
};
