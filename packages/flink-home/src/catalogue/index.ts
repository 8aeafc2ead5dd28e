/**
 * The image catalogue of a home without containers: image names that mean a Flink distribution of this machine, small
 * images that mean its shell, and the user's own names. A Flink version that is not here yet is fetched.
 */
import { existsSync } from 'node:fs'
import { addFlink, availableFlink } from '../distribution/add.ts'
import { findFlink } from '../distribution/homes.ts'
import type { Progress } from '../distribution/progress.ts'
import type { FlinkHome } from '../distribution/record.ts'
import type { Registries } from '../distribution/registries.ts'
import { ImageUnknownError } from '../image.ts'
import type { ImageCatalogue, ResolvedImage } from '../image.ts'
import { newestOf } from '../distribution/version.ts'
import { findJava } from '../java.ts'
import type { Java } from '../java.ts'
import { flinkImage } from './flink-image.ts'
import { findMapping, listMappings } from './mappings.ts'
import type { ImageMapping } from './mappings.ts'
import { flinkTag, parseReference, utilityCommand } from './reference.ts'
import { utilityImage } from './utility-image.ts'
import { archives } from '../cds/index.ts'

export interface CatalogueOptions {
  /** folder of all Flink homes, see `defaultFlinkDir` */
  flinkDir: string
  /** JSON file with the user's own names */
  mapFile: string
  /** no start-up aids */
  plainJvm?: boolean | undefined
  /** variables of the machine, for finding Java */
  env?: NodeJS.ProcessEnv | undefined
  registries?: Registries | undefined
}

export interface ImageCatalogueOfHome extends ImageCatalogue {
  /** Ends what runs in the background (the making of class-data archives). */
  close(): Promise<void>
}

export const imageCatalogue = (options: CatalogueOptions): ImageCatalogueOfHome => {
  const { flinkDir, mapFile, plainJvm, env, registries } = options
  const classData = archives()

  const flinkOf = async (
    image: string,
    wanted: { version?: string | undefined; java?: number | undefined },
    mapping: ImageMapping | undefined,
    progress: (message: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<ResolvedImage> => {
    // Java first: without one there is no use in a download.
    const version = wanted.version ?? findFlink(flinkDir)?.version ?? (await newestOffered(registries))
    const java = await findJava({ flink: version, feature: wanted.java, env })
    const home = findFlink(flinkDir, version) ?? (await fetchFlink(version, progress, signal))
    if (!plainJvm) classData.makeInBackground(home, java)
    return flinkImage({
      image,
      home,
      java,
      plainJvm,
      mapping,
      archive: (role) => classData.find(home, java, role),
      notes: differences(home, wanted, java),
      progress,
    })
  }

  const fetchFlink = async (
    version: string,
    progress: (message: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<FlinkHome> => {
    progress(`Flink ${version} is not on this machine yet; fetching it from package registries.`)
    const home = await addFlink({ version, dir: flinkDir, progress: nowAndThen(progress), signal, registries })
    progress(`Flink ${home.version} is ready.`)
    return home
  }

  return {
    close: () => classData.close(),
    async resolve(image, progress, signal) {
      const mapping = findMapping(listMappings(mapFile), image)
      const lost = mapping?.overlays.find(({ source }) => !existsSync(source))
      if (lost) throw new ImageUnknownError(image, gone(image, lost.source))
      if (mapping?.flink)
        return flinkOf(
          image,
          { version: mapping.flink === 'latest' ? undefined : mapping.flink, java: mapping.java },
          mapping,
          progress,
          signal,
        )
      const reference = parseReference(image)
      if (!reference) throw new ImageUnknownError(image, `"${image}" is no image name.`)
      if (mapping) return utilityImage(image, ['sh'], mapping)
      const tag = flinkTag(reference)
      if (tag) return flinkOf(image, tag, undefined, progress, signal)
      const command = utilityCommand(reference)
      if (command) return utilityImage(image, command)
      throw new ImageUnknownError(image, unknown(image))
    },
  }
}

/** What `flink:latest` means on a machine without any Flink. */
const newestOffered = async (registries: Registries | undefined): Promise<string> =>
  newestOf(await availableFlink(registries)) ?? 'latest'

const unknown = (image: string): string =>
  `image ${image} is not in this home. ` +
  `Fix: drey image map ${image} --flink 1.20 --overlay ./target   or   drey image build -t ${image} .`

const gone = (image: string, source: string): string =>
  `the files of image ${image} are not there: ${source}. Fix: make them, or map the image anew: drey image map ${image} …`

/** What a user must know when the image is not exactly what the tag says. */
const differences = (
  home: FlinkHome,
  wanted: { version?: string | undefined; java?: number | undefined },
  java: Java,
): string[] => [
  ...(wanted.version === home.version ? [] : [`This image is Flink ${home.version}.`]),
  ...(wanted.java === undefined || wanted.java === java.feature
    ? []
    : [`The tag names Java ${wanted.java}; this machine runs it on Java ${java.version}.`]),
]

/** One sentence every three seconds is enough for Events. */
const nowAndThen = (progress: (message: string) => void): ((at: Progress) => void) => {
  let last = 0
  return (at) => {
    if (performance.now() - last < 3000) return
    last = performance.now()
    progress(at.message)
  }
}
