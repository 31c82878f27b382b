import { createRouter, createWebHistory } from 'vue-router';
import SlotsView from './views/SlotsView.vue';

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', name: 'slots', component: SlotsView },
    {
      path: '/clips',
      name: 'clips',
      component: () => import('./views/ClipsView.vue'),
      children: [
        {
          path: ':clipId',
          name: 'clip',
          component: () => import('./components/ClipDrawer.vue'),
          props: true,
        },
      ],
    },
    { path: '/dockings', name: 'dockings', component: () => import('./views/DockingsView.vue') },
    { path: '/recorders', name: 'recorders', component: () => import('./views/RecordersView.vue') },
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('./views/NotFoundView.vue') },
  ],
  scrollBehavior(to, from, saved) {
    // Opening and closing a clip must leave the list where it was.
    if (to.path.startsWith('/clips') && from.path.startsWith('/clips')) return false;
    return saved ?? { top: 0 };
  },
});
