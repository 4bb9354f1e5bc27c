/** All declared kinds; what others live below or refer to comes before them. */
import type { Kind } from '#api/engine/kind.ts';
import { app } from './app.ts';
import { appDependency } from './app-dependency.ts';
import { appIntent } from './app-intent.ts';
import { appProfile } from './app-profile.ts';
import { cluster } from './cluster.ts';
import { clusterKv } from './cluster-kv.ts';
import { clusterLabel } from './cluster-label.ts';
import { clusterProvider } from './cluster-provider.ts';
import { clusterQuota } from './cluster-quota.ts';
import { clusterReference } from './cluster-reference.ts';
import { clusterSyncObject } from './cluster-sync-object.ts';
import { compositeApp } from './composite-app.ts';
import { compositeProfile } from './composite-profile.ts';
import { clmController, controller, dtcController } from './controllers.ts';
import { customization } from './customization.ts';
import { deploymentIntentGroup } from './deployment-intent-group.ts';
import { genericK8sIntent } from './generic-k8s-intent.ts';
import { genericPlacementIntent } from './generic-placement-intent.ts';
import { genericResource } from './generic-resource.ts';
import { groupIntent } from './group-intent.ts';
import { logicalCloud } from './logical-cloud.ts';
import { logicalCloudKv } from './logical-cloud-kv.ts';
import { project } from './project.ts';
import {
  inboundClientsAccessIntent,
  inboundClientsIntent,
  inboundServerIntent,
  trafficGroupIntent,
} from './traffic-intents.ts';
import { userPermission } from './user-permission.ts';

export const kinds: readonly Kind[] = [
  controller,
  clmController,
  dtcController,
  clusterProvider,
  clusterSyncObject,
  cluster,
  clusterLabel,
  clusterKv,
  project,
  logicalCloud,
  clusterReference,
  userPermission,
  clusterQuota,
  logicalCloudKv,
  compositeApp,
  app,
  appDependency,
  compositeProfile,
  appProfile,
  deploymentIntentGroup,
  groupIntent,
  genericPlacementIntent,
  appIntent,
  genericK8sIntent,
  genericResource,
  customization,
  trafficGroupIntent,
  inboundServerIntent,
  inboundClientsIntent,
  inboundClientsAccessIntent,
];
