import type { operationsEn, operationsHelpEn } from './operations-en.ts';

export const operationsZhCN: typeof operationsEn = {
  columns: ['编号', '开始', '结束', '名称', '案件', '记录仪', '标记', '开始人'],
  going: '进行中',
  none: '没有现场执法行动。',
  examples: {
    list: ['docket operations --open'],
    open: ['docket operations open 现场检查 --case oa/2026-1 --recorder DEMO-001 --person 张三'],
    join: ['docket operations join 019a… DEMO-002'],
    leave: ['docket operations leave 019a… DEMO-002'],
    mark: ['docket operations mark 019a… credentials-shown', 'docket operations mark 019a… note --text 门口'],
    close: ['docket operations close 019a…'],
  },
};

export const operationsHelpZhCN: typeof operationsHelpEn = {
  operations: '列出现场执法行动，最近的在前，最多 200 项',
  operationsOpen: '只列进行中的',
  operationsOpenOne: '开始一次现场执法行动，输出其编号',
  operationsJoin: '记录仪从现在起参加',
  operationsLeave: '记录仪不再参加',
  operationsMark: '标记行动的这一刻',
  operationsClose: '结束行动，所有记录仪退出',
  operationsTitle: '名称',
  operationsCase: '所属案件，按办案系统的编号（系统/编号）',
  operationsActivity: '所属执法活动；案件和环节随之确定',
  operationsStep: '案件的执法环节',
  operationsPlace: '地点',
  operationsRecorders: '参加的记录仪的序列号或编号，可重复',
  operationsRecorder: '记录仪的序列号或编号',
  operationsId: '行动的编号，见列表',
  operationsKind:
    'credentials-shown（出示证件）、rights-told（告知权利）、inspection-begun（开始检查）、inspection-ended（结束检查）或 note（备注）',
  operationsText: '备注的内容',
  operationsPerson: '操作人；网关使用令牌时为令牌持有人',
};
