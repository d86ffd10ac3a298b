using Crowsnest.Core.Pipeline;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>SQLite's and the file system's errors in words, with what to do, and whether waiting may help.</summary>
internal static class SqliteFault
{
    // Result codes: https://www.sqlite.org/rescode.html
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    public static StoreException Translate(Exception exception, string operation, string path)
    {
        var (message, hint, transient) = exception switch
        {
            SqliteException { SqliteErrorCode: Full } => (
                "The disk is full.", "Free some space, or lower retention in crowsnest.yaml; writing goes on by itself.", true),
            SqliteException { SqliteErrorCode: Busy or Locked } => (
                "Another program is writing to the data.", "Only one Crowsnest may write to a data folder: stop the other one, or use another --data.", true),
            SqliteException { SqliteErrorCode: ReadOnly } => (
                "The data folder cannot be written to.", "Give this user write access to the folder and its files, or point --data elsewhere.", true),
            SqliteException { SqliteErrorCode: IoError } => (
                "The disk reported an error.", "Check the disk and the space that is left on it; writing is tried again.", true),
            SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => (
                "The data file is damaged or cannot be read, or is not one of Crowsnest's.",
                "Nothing was changed. If the disk is well, move the file away and restore a backup, or start with an empty folder.", false),
            SqliteException { SqliteErrorCode: CannotOpen } => (
                "The data file cannot be opened.", "Check that the folder exists and that this user may read and write it.", true),
            UnauthorizedAccessException => (
                "The data folder cannot be used by this user.", "Give this user write access, or point --data elsewhere.", false),
            IOException => ("The data folder cannot be used.", "Check that the path is a folder on a disk with space left.", true),
            InvalidDataException => (
                "The data file is damaged.", "Nothing was changed. Move the file away and restore a backup, or start with an empty folder.", false),
            _ => ("The store failed.", "", false),
        };
        return new StoreException($"Could not {operation} {path}: {message} ({exception.Message})", hint, transient, exception);
    }
}
