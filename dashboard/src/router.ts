import { watchEffect } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import { i18n } from './i18n.ts';
import SlotsView from './views/SlotsView.vue';

/** The name of a page in the messages; a clip keeps the title of the list that it lies on. */
declare module 'vue-router' {
  interface RouteMeta {
    title?:
      | 'navigation.slots'
      | 'navigation.clips'
      | 'navigation.dockings'
      | 'navigation.recorders'
      | 'calibration.title';
  }
}

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', name: 'slots', component: SlotsView, meta: { title: 'navigation.slots' } },
    {
      path: '/clips',
      name: 'clips',
      component: () => import('./views/ClipsView.vue'),
      meta: { title: 'navigation.clips' },
      children: [
        {
          path: ':clipId',
          name: 'clip',
          component: () => import('./components/ClipDrawer.vue'),
          props: true,
        },
      ],
    },
    {
      path: '/dockings',
      name: 'dockings',
      component: () => import('./views/DockingsView.vue'),
      meta: { title: 'navigation.dockings' },
    },
    {
      path: '/recorders',
      name: 'recorders',
      component: () => import('./views/RecordersView.vue'),
      meta: { title: 'navigation.recorders' },
    },
    {
      path: '/recorders/:recorderId',
      name: 'recorder',
      component: () => import('./views/RecorderView.vue'),
      props: true,
      meta: { title: 'navigation.recorders' },
    },
    {
      path: '/calibration',
      name: 'calibration',
      component: () => import('./views/CalibrationView.vue'),
      meta: { title: 'calibration.title' },
    },
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('./views/NotFoundView.vue') },
  ],
  scrollBehavior(to, from, saved) {
    // Opening and closing a clip must leave the list where it was.
    if (to.path.startsWith('/clips') && from.path.startsWith('/clips')) return false;
    return saved ?? { top: 0 };
  },
});

watchEffect(() => {
  const { title } = router.currentRoute.value.meta;
  const product = i18n.global.t('product.name');
  document.title = title ? `${i18n.global.t(title)} · ${product}` : product;
});
