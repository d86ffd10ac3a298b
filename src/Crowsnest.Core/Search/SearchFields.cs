namespace Crowsnest.Core.Search;

/// <summary>The field table: names, paths and types of all listed fields.</summary>
public static class SearchFields
{
}
