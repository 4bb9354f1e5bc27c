/** The long paths below a deployment intent group. */
export const versionPath = '/projects/{project}/composite-apps/{compositeApp}/{compositeAppVersion}';
export const groupsPath = `${versionPath}/deployment-intent-groups`;
export const groupPath = `${groupsPath}/{deploymentIntentGroup}`;
