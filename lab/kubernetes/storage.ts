import type { KubeApi } from './kube-api.ts';

const VOLUMES = 12;

/** A default storage class and a stock of volumes for it, so that the claims of a StatefulSet get bound. */
export async function applyStorage(api: KubeApi): Promise<void> {
  await api.apply('/apis/storage.k8s.io/v1/storageclasses/standard', {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'Immediate',
  });
  const names = Array.from({ length: VOLUMES }, (_, index) => `standard-${index + 1}`);
  await Promise.all(names.map((name) => api.apply(`/api/v1/persistentvolumes/${name}`, volume(name))));
}

function volume(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      storageClassName: 'standard',
      capacity: { storage: '100Gi' },
      accessModes: ['ReadWriteOnce', 'ReadWriteMany', 'ReadOnlyMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: `/var/lib/${name}` },
    },
  };
}
