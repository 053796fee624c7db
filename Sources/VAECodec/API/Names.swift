import ByteIO
import Container
import EntropyCoding
import Records
import Training
import VAEModel

@_exported import enum ByteIO.ByteIOError
@_exported import struct ByteIO.MemoryLimit
@_exported import enum Container.StreamError
@_exported import enum EntropyCoding.ChunkError
@_exported import struct Records.ColumnList
@_exported import struct Records.ColumnRoles
@_exported import struct Records.DelimitedStyle
@_exported import enum Records.ElementType
@_exported import enum Records.ForeignText
@_exported import enum Records.FormatName
@_exported import enum Records.LayoutRule
@_exported import struct Records.MissingValues
@_exported import enum Records.PartialSample
@_exported import struct Records.ReadOptions
@_exported import class Records.ReadingNotes
@_exported import enum Records.RecognizedFile
@_exported import enum Records.SampleIOError
@_exported import struct Records.TableLayout
@_exported import struct Training.FitOptions
@_exported import struct Training.FitProgress
@_exported import enum Training.LikelihoodChoice
@_exported import enum Training.Objective
@_exported import enum Training.ScaleChoice
@_exported import enum VAEModel.CheckpointError
@_exported import struct VAEModel.ELBO
@_exported import enum VAEModel.FitError
@_exported import struct VAEModel.TrainingPoint
