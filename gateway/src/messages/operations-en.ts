/** Words of `docket operations`. */
export const operationsEn = {
  columns: ['Id', 'Opened', 'Closed', 'Title', 'Case', 'Recorders', 'Bookmarks', 'By'],
  going: 'goes on',
  none: 'No on-site operations.',
  examples: {
    list: ['docket operations --open'],
    open: ['docket operations open 现场检查 --case oa/2026-1 --recorder DEMO-001 --person 张三'],
    join: ['docket operations join 019a… DEMO-002'],
    leave: ['docket operations leave 019a… DEMO-002'],
    mark: ['docket operations mark 019a… credentials-shown', 'docket operations mark 019a… note --text 门口'],
    close: ['docket operations close 019a…'],
  },
};

export const operationsHelpEn = {
  operations: 'list on-site operations, newest first; 200 at most',
  operationsOpen: 'only those that go on',
  operationsOpenOne: 'open an on-site operation; prints its id',
  operationsJoin: 'let a recorder take part from now on',
  operationsLeave: 'let a recorder take part no longer',
  operationsMark: 'mark this moment of an operation',
  operationsClose: 'close an operation; all its recorders leave',
  operationsTitle: 'what it is called',
  operationsCase: 'the case it is held for, as the case system names it (sender/id)',
  operationsActivity: 'the activity it is; names its case and step too',
  operationsStep: 'the step of the case',
  operationsPlace: 'where it is',
  operationsRecorders: 'serial number or id of a recorder that takes part; may be repeated',
  operationsRecorder: 'serial number or id of the recorder',
  operationsId: 'id of the operation, as the list shows it',
  operationsKind: 'credentials-shown, rights-told, inspection-begun, inspection-ended or note',
  operationsText: 'what a note says',
  operationsPerson: 'who does it; where the gateway has tokens, their holder',
};
