namespace Crowsnest.Core.Patterns;

/// <summary>What an index leads to: a field, and what is left to check of the value.</summary>
/// <param name="Field">The field's number.</param>
/// <param name="Check">A test that the value must still pass, or <see langword="null"/> when being found is enough.</param>
internal readonly record struct IndexTarget(int Field, ValueTest? Check);
