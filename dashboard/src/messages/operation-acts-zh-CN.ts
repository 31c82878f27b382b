import type { operationActsEn } from './operation-acts-en.ts';

export const operationActsZhCN: typeof operationActsEn = {
  custody: {
    'recorder-registered': '入站前登记记录仪',
    'live-source-set': '登记实时传输方式',
    'live-source-removed': '取消实时传输方式',
    'operation-opened': '开始现场执法行动',
    'operation-related': '现场执法行动关联案件',
    'operation-joined': '加入现场执法行动',
    'operation-left': '退出现场执法行动',
    'operation-closed': '结束现场执法行动',
    'bookmark-made': '打点标记',
    'bookmark-struck': '划去标记',
    'alarm-raised': '告警产生',
    'alarm-ended': '告警结束',
    'alarm-seen': '告警已阅',
  },
  problem: {
    'live-source-invalid': '无法按此方式接入，请检查地址、名称和密码。',
    'live-password-wanted': '密码只用于原登记的地址。主机或端口改变后，请重新填写密码，或选择“不用密码”。',
    'live-user-taken': '另一台记录仪已使用这个名称，请换一个。',
    'operation-closed': '该现场执法行动已结束。',
    'recorder-in-operation': '该记录仪正在参加现场执法行动，请先让它退出。',
    'recorder-not-in-operation': '该记录仪没有参加这次现场执法行动。',
    'bookmark-struck': '这个标记已被划去。',
    'bookmark-outside': '该时刻不在现场执法行动期间，或记录仪当时没有参加。',
    'no-live-stream': '该记录仪当前没有实时画面。',
    'no-live-picture': '还没有收到完整画面，请稍后再试。',
    'live-pictures-busy': '同时请求的画面过多，请稍后再试。',
    'websocket-needed': '实时画面需要 WebSocket 连接，途中有设备未放行。',
  },
};
