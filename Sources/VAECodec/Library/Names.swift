// Types of the layers below that programs meet: `import VAECodec` is all that they need. Aliases would be second names, which
// Swift finds ambiguous where a file imports both modules.

@_exported import enum SampleIO.ElementType
@_exported import enum SampleIO.FormatName
@_exported import struct SampleIO.ReadOptions
@_exported import struct VAE.EvidenceBound
@_exported import struct VAE.FitOptions
@_exported import struct VAE.FitProgress
@_exported import enum VAE.LikelihoodChoice
@_exported import enum VAE.Objective
