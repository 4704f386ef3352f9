"""Who signs in and for whom they act: people, bureaus, enterprises, memberships."""
